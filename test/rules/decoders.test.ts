import { describe, expect, test } from 'vitest';

import { deviceName, errnoText, familyName, fileModeText, protocolName, signalText } from '../../src/rules/decoders.js';

describe('deviceName', () => {
  test.each([
    ['195', '255', 'the NVIDIA control device'],
    ['195', '0', 'an NVIDIA graphics card'],
    ['10', '229', '/dev/fuse: a FUSE file system is served from inside'],
    ['10', '77', 'a miscellaneous device (see /proc/misc)'],
    ['4', '64', 'a serial line'],
    ['226', '128', 'a graphics card (DRM)'],
  ])('chr %s:%s is %s', (major, minor, name) => {
    expect(deviceName('chr', major, minor)).toBe(name);
  });

  test('tells block devices from character devices', () => {
    expect(deviceName('blk', '7', '0')).toBe('a loop device');
    expect(deviceName('chr', '7', '0')).toBe('the memory of a virtual console');
  });

  test('says where a number comes from that is given out at boot', () => {
    expect(deviceName('chr', '249', '0')).toBe(
      'the character device 249:0, a number given out at boot: see /proc/devices of that host',
    );
    expect(deviceName('blk', '100', '1')).toBe('the block device 100:1');
  });
});

test('numbers become words, and unlisted ones stay numbers', () => {
  expect(protocolName('262')).toBe('MPTCP');
  expect(protocolName('250')).toBe('protocol 250');
  expect(familyName('40')).toBe('vsock');
  expect(familyName('99')).toBe('address family 99');
  expect(errnoText('-52')).toBe('EBADE: criu failed');
  expect(errnoText('1000')).toBe('error 1000');
  expect(signalText('11')).toBe('SIGSEGV, segmentation fault');
  expect(signalText('40')).toBe('signal 40');
});

test('file modes are octal', () => {
  expect(fileModeText('20660')).toBe('a character device');
  expect(fileModeText('60660')).toBe('a block device');
  expect(fileModeText('100644')).toBe('a regular file');
  expect(fileModeText('600')).toBe('an object of the kernel without a file');
  expect(fileModeText('9')).toBe('a file of mode 9');
});

test('names of object members are no numbers', () => {
  for (const decode of [protocolName, familyName, errnoText, signalText, fileModeText]) {
    expect(decode('constructor')).toContain('constructor');
  }
});
