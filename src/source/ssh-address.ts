/** Whom ssh is to call: reads `[user@]host[:port]` and writes it back. */

/** An address as the user wrote it, in parts. */
export interface SshAddress {
  /** Undefined: whatever the configuration of ssh says. */
  readonly user: string | undefined;
  /** A name, an alias of the configuration or an address; IPv6 without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/** Nothing that a shell, a ProxyCommand or an option parser could take for something else. */
const hostName = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
/** With the name of an interface behind it for link-local ones. */
const ipv6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?$/;
const userName = /^[\p{L}\p{N}_][\p{L}\p{N}_.@\\+-]*\$?$/u;
const maxLength = 255;

/** What is wrong with an address, in one clause. */
export interface AddressProblem {
  readonly problem: string;
  readonly hint?: string;
}

/** Reads `[user@]host[:port]`; IPv6 addresses stand in brackets. */
export function parseSshAddress(text: string): SshAddress | AddressProblem {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/s.exec(rest) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) {
    return { problem: 'the host cannot be read', hint: 'An IPv6 address stands in brackets: ssh:[fe80::1]:22' };
  }
  if (host === '') return { problem: 'it names no host' };
  if (text.length > maxLength) return { problem: `it is longer than ${maxLength} characters` };
  if (!(bracketed === undefined ? hostName : ipv6).test(host)) return { problem: 'this is no name of a host' };
  if (user !== undefined && !userName.test(user)) return { problem: 'this is no name of a user' };
  const port = portText === undefined ? undefined : Number(portText);
  if (portText !== undefined && !(/^\d{1,5}$/.test(portText) && Number(portText) >= 1 && Number(portText) <= 65_535)) {
    return { problem: 'the port is no number between 1 and 65535' };
  }
  return { user, host, port };
}

/** The address as it is written behind `ssh:`. */
export function writeSshAddress({ user, host, port }: SshAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}`;
}
