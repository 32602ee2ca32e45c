/** Finds IP and MAC addresses and puts stand-ins in their place. */

import { isIPv4, isIPv6 } from 'node:net';

import { findAll, type Edit } from './edits.js';
import type { StandInKind, StandIns } from './stand-ins.js';

/** Not part of a longer number or of a name, as versions are. */
const ipv4 = /(?<![\w.-])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w~+]|\.\d|-\d)/g;
/** What has enough colons; `node:net` tells whether it is one. */
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{1,4}:|::)(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?![\w:])/gi;
const mac = /(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])/gi;
/** As /proc/net/tcp and its like have them: words of 32 bits, the lowest byte first, and a port. */
const socketAddress = /(?<![0-9A-F])(?:[0-9A-F]{8}|[0-9A-F]{32})(?=:[0-9A-F]{4}(?![0-9A-F:]))/g;

/** Loopback, unspecified, broadcast, masks and multicast tell nothing about anybody. */
const plainIpv4 = /^(?:0|127|2(?:2[4-9]|[3-5]\d))\./;
const plainIpv6 = /^(?:ff[0-9a-f]{2}:.*|[0:]+1?)$/i;

export function findAddresses(text: string, standIns: StandIns): readonly Edit[] {
  return [
    ...replaceAll(ipv4, text, 'ip-address', standIns, (address, at) => isHostAddress(address) && !isVersion(text, at)),
    ...replaceAll(ipv6, text, 'ip-address', standIns, (address) => isIPv6(address) && !plainIpv6.test(address)),
    ...replaceAll(mac, text, 'mac-address', standIns, isNetworkCard),
  ];
}

function replaceAll(
  pattern: RegExp,
  text: string,
  kind: StandInKind,
  standIns: StandIns,
  isOne: (address: string, at: number) => boolean,
): readonly Edit[] {
  return findAll(pattern, text).flatMap(({ 0: name, index }) => {
    if (!isOne(name, index)) return [];
    return replaceWith(index, name, standIns.of(kind, isIPv6(name) ? shortIpv6(name) : name), kind);
  });
}

function replaceWith(start: number, name: string, standIn: string, kind: StandInKind): readonly Edit[] {
  return standIn.toLowerCase() === name.toLowerCase()
    ? []
    : [{ start, end: start + name.length, replacement: standIn, rules: [kind] }];
}

function isHostAddress(text: string): boolean {
  return isIPv4(text) && !plainIpv4.test(text);
}

function isVersion(text: string, at: number): boolean {
  return /(?:version|release|ver)[ =:"']{0,3}$/i.test(text.slice(Math.max(0, at - 12), at));
}

/** Of one machine: not all zeros, and the bit for groups is not set. */
function isNetworkCard(text: string): boolean {
  return Number.parseInt(text.slice(0, 2), 16) % 2 === 0 && !/^[0:]+$/.test(text);
}

/** Addresses in tables of sockets of the kernel, written back in the same form. */
export function findSocketAddresses(text: string, standIns: StandIns): readonly Edit[] {
  return findAll(socketAddress, text).flatMap(({ 0: digits, index }) => {
    const address = readDigits(digits);
    if (isIPv4(address) ? plainIpv4.test(address) : plainIpv6.test(address)) return [];
    return replaceWith(index, digits, writeDigits(standIns.of('ip-address', address), digits.length), 'ip-address');
  });
}

/** What stands before an IPv4 address in one of IPv6. */
const mappedPrefix = '00000000000000000000ffff';

function readDigits(digits: string): string {
  const hex = reverseWords(digits).toLowerCase();
  const isMapped = hex.length === 32 && hex.startsWith(mappedPrefix);
  if (hex.length === 8 || isMapped) return [...Buffer.from(hex.slice(-8), 'hex')].join('.');
  return shortIpv6((hex.match(/.{4}/g) ?? []).join(':'));
}

function writeDigits(address: string, length: number): string {
  const hex = isIPv4(address) ? Buffer.from(address.split('.').map(Number)).toString('hex') : longIpv6(address);
  return reverseWords(length === 32 && hex.length === 8 ? `${mappedPrefix}${hex}` : hex).toUpperCase();
}

/** Of every word of 32 bits. */
function reverseWords(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  return words.map((word) => Buffer.from(word, 'hex').reverse().toString('hex')).join('');
}

/** As it is written everywhere, so that it gets the same stand-in (RFC 5952). */
function shortIpv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** 32 digits. */
function longIpv6(address: string): string {
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
}
