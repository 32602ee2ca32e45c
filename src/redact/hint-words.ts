/** Words of which one is on nearly every line that has a secret: data, no decisions. Four letters or more each. */

const each = (letters: string, make: (letter: string) => string): readonly string[] => [...letters].map(make);

const base64Letters = 'abcdefghijklmnopqrstuvwxyz0123456789+/';
/** What ends a name before its value. */
const behindName = `=:"' \\_-.`;
/** What may stand before a name of two letters, or a token, that is none alone. */
const beforeName = ` \n\t"'=:,;([{/|?&_-`;

/** Of names of secrets, of what programs write before them, and of the programs that get them as arguments. */
const nameWords: readonly string[] = [
  ...['passw', 'passphrase', 'passcode', 'secret', 'token', 'credential', 'authorization', 'bearer', 'cookie'],
  ...['environment', 'cloud-init.', 'user.', 'proctitle=', 'command=', 'command line', 'cmd (', 'argc=', 'signature='],
  // Endings of the names that stand before `key`: api, access, private, secret, auth, signing, encryption, shared …
  ...each('isethgndr_-. ', (letter) => `${letter}key`),
  ...['keys', 'key='],
  ...each(behindName, (letter) => `pwd${letter}`),
  ...each('= \t:"', (letter) => `pass${letter}`),
  ...each('= \t:"', (letter) => `psk${letter}`),
  ...each('= \t:"\\', (letter) => `auth${letter}`),
  ...each(beforeName, (letter) => `${letter}pw=`),
  ...each(beforeName, (letter) => `${letter}pw `),
  ...['mysql', 'mariadb', 'mongo', 'sshpass', 'login', 'redis-cli', 'ldap', 'sqlcmd', 'curl', 'smbclient', 'rpcclient'],
  ...['bcp ', 'bcp"', "bcp'", '--env', '-pass', '--from-literal'],
];

/** What tokens and hashes begin with; see token-forms.ts. */
const tokenWords: readonly string[] = [
  ...['akia', 'asia', 'abia', 'acca', 'aiza', 'ya29.', 'gocspx', 'atatt', 'atctt', 'akcp', 'nrak-', 'hrku-', 'pmak-'],
  ...['ltai', 'gr1348', 'github_pat', 'npm_', 'pypi-', 'rubygems_', 'dckr_', 'atlasv1', 'whsec_', 'lin_api_', 'dapi'],
  ...[
    'sntrys_',
    'sntryu_',
    'pscale_',
    'hooks.slack',
    'api/webhooks',
    'xapp-',
    'key-',
    'pbkdf2_',
    'scram-',
    '{sha',
    '{ssha',
  ],
  ...each('pousr', (letter) => `gh${letter}_`),
  ...['pat', 'rt', 'dt', 'ptt', 'cbt', 'ft', 'soat', 'agent', 'imt', 'oas'].map((kind) => `gl${kind}-`),
  ...['glsa_', 'glc_', 'sk_live', 'sk_test', 'rk_live', 'rk_test'],
  ...each('abeprs', (letter) => `xox${letter}-`),
  ...each('bsr', (letter) => `hv${letter}.`),
  ...each('opr', (letter) => `do${letter}_v1_`),
  ...['at', 'ca', 'pa', 'ss'].map((kind) => `shp${kind}_`),
  ...each(beforeName, (letter) => `${letter}sk-`),
  ...each(beforeName, (letter) => `${letter}hf_`),
  ...each(beforeName, (letter) => `${letter}sg.`),
  ...each(beforeName, (letter) => `${letter}sk0`.slice(0, 3)).flatMap((word) =>
    each('0123456789abcdef', (digit) => word + digit),
  ),
  ...each(base64Letters, (letter) => `eyj${letter}`),
  ...each('78', (digit) => `${digit}q~`).flatMap((word) => each(`${base64Letters}_.~-`, (letter) => word + letter)),
  ...each('0123456789', (digit) => `${digit}:aa`),
];

export const hintWords: readonly string[] = [...nameWords, ...tokenWords];
