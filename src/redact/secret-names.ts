/** Tells from the name of an option whether its value is a secret. */

const secretWords = new Set([
  'password',
  'passwords',
  'passwd',
  'pass',
  'passphrase',
  'passcode',
  'pwd',
  'pw',
  'psk',
  'secret',
  'secrets',
  'secretkey',
  'token',
  'tokens',
  'credential',
  'credentials',
  'cred',
  'creds',
  'key',
  'keys',
  'apikey',
  'accesskey',
  'privatekey',
  'cookie',
]);

/**
 * True when one of the words in it names a secret: `bgp.peers.x.password`, `API_TOKEN`, `rootPassword`,
 * `dbpassword`. Not for prose: there, `key` is often something else.
 */
export function isSecretName(name: string): boolean {
  const words = name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.some(
    (word) => secretWords.has(word) || /(?:password|passwd|passphrase|secret|token|apikey)$/.test(word),
  );
}

/** True for names of accounts at storage servers: `ceph.user_name`, `powerflex.user.name`, `username`. */
export function isAccountName(name: string): boolean {
  return /(?:^|[._-])(?:user(?:[._-]?name)?|login)$/i.test(name);
}
