/** What was redacted, and by which rule; never the value. */

/** Every rule by which something is taken out, with the sentence that explains it to the reader of a report. */
export const redactionRules = {
  'server-info':
    'a field of the server information that is not known to be harmless: addresses, certificates, settings',
  'engine-config':
    'a configuration value that belongs to the user: user.*, environment.*, cloud-init.*, raw.* and unknown keys',
  'secret-option': 'the value of an option whose name speaks of a password, key, token or account',
  description: 'a description, which is free text',
  'operation-metadata': 'details of a running operation, which may hold arguments and one-time secrets',
  'lxc-option': 'the value of a liblxc option that may hold anything: environment, commands, unknown options',
  'lxc-comment': 'a comment or a line that is no option in a liblxc configuration',
  environment: 'the value of an environment variable',
  'process-arguments': 'arguments of a process',
  'mount-option': 'a mount option that carries credentials',
  'kernel-argument': 'a kernel argument that carries credentials',
  'url-credentials': 'user and password in an address',
  console: 'what the instance printed on its console',
  'pem-block': 'a certificate or key in PEM form',
  'secret-assignment': 'the value behind a word such as password, token or secret in free text',
  'authorization-header': 'an HTTP header that grants access',
  'token-format': 'a text in the form of a well known kind of access token or password hash',
  'config-value': 'a configuration value of the user or a variable, in free text',
  'known-value':
    'a copy of a secret that was found elsewhere in the report: as it is, escaped, in base64, hexadecimal, URL-encoded',
  label: 'a label or annotation of a container, which is free text',
  'host-name': 'the name of a host; a stand-in is there instead',
  'user-name': 'the name of a user; a stand-in is there instead',
  'ip-address': 'an IP address; a stand-in is there instead',
  'mac-address': 'a MAC address; a stand-in is there instead',
  'cut-line': 'the rest of a line whose beginning was cut off, so that what it is cannot be told',
  unparsable: 'values in something that was not understood, all of them',
} as const;

export type RedactionRule = keyof typeof redactionRules;

/** An entry of `redactions.json`. */
export interface LedgerEntry {
  /** A key of {@link redactionRules}. */
  readonly rule: string;
  /** Evidence id. */
  readonly artifact: string;
  /**
   * 1-based. 0 = not one line of the text: its standard error, origin or reason, or what came after so many
   * entries that no more were written one by one.
   */
  readonly line: number;
  readonly count: number;
}

/** Entries with a line of their own per artifact; a hostile log could have millions. */
const maxEntries = 2_000;

export interface Tally {
  add(rule: RedactionRule, line: number): void;
  entries(artifact: string): readonly LedgerEntry[];
}

/** Counts by line and rule, in the order of the first occurrence. */
export function createTally(): Tally {
  const counts = new Map<string, { rule: RedactionRule; line: number; count: number }>();
  return {
    add(rule, line) {
      const key = `${line} ${rule}`;
      const known = counts.get(key);
      if (known !== undefined) {
        known.count += 1;
        return;
      }
      if (line !== 0 && counts.size >= maxEntries) this.add(rule, 0);
      else counts.set(key, { rule, line, count: 1 });
    },
    entries: (artifact) => [...counts.values()].map(({ rule, line, count }) => ({ rule, artifact, line, count })),
  };
}
