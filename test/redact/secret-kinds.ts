/** Kinds of secrets as they stand in the evidence of a host, each with a value that is to be found nowhere afterwards. */

import type { Evidence } from '../../src/source/source.js';
import { fakeEvidence } from '../evidence/fake-source.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits, the same for the same number: what a generator of passwords makes. */
export function secretOf(seed: number, length: number, alphabet = `${letters}0123456789`): string {
  let state = (seed * 2_654_435_761 + length) % 4_294_967_296;
  return Array.from({ length }, () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return alphabet[Math.floor((state / 4_294_967_296) * alphabet.length)];
  }).join('');
}

export interface SecretKind {
  readonly kind: string;
  /** Makes the secret, and the line or the document that holds it. */
  readonly make: (seed: number) => { readonly secret: string; readonly text: string };
  /** Where it stands; a log when left out. */
  readonly id?: string;
}

const hex = '0123456789abcdef';
const plain = (seed: number): string => secretOf(seed, 20);

function inLine(kind: string, write: (secret: string) => string, make = plain, id?: string): SecretKind {
  return {
    kind,
    make: (seed) => {
      const secret = make(seed);
      return { secret, text: write(secret) };
    },
    ...(id !== undefined && { id }),
  };
}

const prefixed = (prefix: string, length: number, alphabet?: string) => (seed: number) =>
  prefix + secretOf(seed, length, alphabet);
const token = (kind: string, make: (seed: number) => string): SecretKind =>
  inLine(kind, (secret) => `got ${secret} from there`, make);
const packed = (text: string): string => Buffer.from(text).toString('base64');

const instance = (config: object, devices: object = {}): string =>
  JSON.stringify({ name: 'c1', config, expanded_config: config, devices }, undefined, 2);
const ofEngine = 'engine.instance';

export const secretKinds: readonly SecretKind[] = [
  token('GitHub', prefixed('ghp_', 36)),
  token('GitHub fine grained', prefixed('github_pat_', 60)),
  token('GitLab', prefixed('glpat-', 20)),
  token('AWS key id', prefixed('AKIA', 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
  inLine(
    'AWS secret',
    (secret) => `aws_secret_access_key = ${secret}`,
    (seed) => secretOf(seed, 40),
  ),
  token('Google', prefixed('AIza', 35)),
  token('Google OAuth', prefixed('ya29.', 40)),
  token('Slack', prefixed('xoxb-', 30)),
  token('Stripe', prefixed('sk_live_', 24)),
  token('npm', prefixed('npm_', 36)),
  token('PyPI', prefixed('pypi-AgE', 60)),
  token('Docker', prefixed('dckr_pat_', 27)),
  token('Vault', prefixed('hvs.', 30)),
  token('DigitalOcean', prefixed('dop_v1_', 64, hex)),
  token('Hugging Face', prefixed('hf_', 34, letters)),
  token('Shopify', prefixed('shpat_', 32, hex)),
  token('Sentry', prefixed('sntrys_', 40)),
  token('Azure', (seed) => `${secretOf(seed, 3)}8Q~${secretOf(seed + 1, 34)}`),
  token('web token', (seed) => `eyJ${secretOf(seed, 30)}.eyJ${secretOf(seed + 1, 30)}.${secretOf(seed + 2, 40)}`),
  token('age', prefixed('AGE-SECRET-KEY-1', 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')),
  token('password hash', (seed) => `$6$${secretOf(seed, 8)}$${secretOf(seed + 1, 86)}`),
  inLine(
    'htpasswd',
    (secret) => `web:${secret}`,
    (seed) => `$apr1$${secretOf(seed, 8)}$${secretOf(seed + 1, 22)}`,
  ),
  inLine(
    'LDAP',
    (secret) => `userPassword: {SSHA}${secret}`,
    (seed) => secretOf(seed, 38),
  ),
  inLine('postgres', (secret) => `connecting to postgres://app:${secret}@db:5432/x?sslmode=require`),
  inLine('mongodb', (secret) => `uri mongodb+srv://app:${secret}@cluster0.example.net/`),
  inLine('redis', (secret) => `cache redis://:${secret}@cache:6379/0`),
  inLine('amqp', (secret) => `broker amqp://app:${secret}@mq/`),
  inLine('JDBC', (secret) => `jdbc:mysql://db/x?user=app&password=${secret}`),
  inLine('ADO', (secret) => `Server=db;User Id=app;Password=${secret};Encrypt=true`),
  inLine('address of a share', (secret) => `mount //user:1234/${secret}@h/share /mnt`),
  inLine('proxy', (secret) => `http_proxy=http://me:${secret}@proxy:3128/`),
  inLine(
    'signed address',
    (secret) => `GET https://b.s3.amazonaws.com/k?X-Amz-Signature=${secret}`,
    (seed) => secretOf(seed, 64, hex),
  ),
  inLine('basic authorization', (secret) => `Authorization: Basic ${packed(`me:${secret}`)}`),
  inLine('bearer', (secret) => `> authorization: Bearer ${secret}`),
  inLine('cookie', (secret) => `Set-Cookie: session=${secret}; HttpOnly`),
  inLine('netrc', (secret) => `machine h login me password ${secret}`),
  inLine('chpasswd', (secret) => `echo "root:${secret}" | chpasswd`),
  inLine(
    'WireGuard',
    (secret) => `PrivateKey = ${secret}`,
    (seed) => `${secretOf(seed, 43)}=`,
  ),
  inLine(
    'kernel command line in a log',
    (secret) => `Kernel command line: root=/dev/vda rd.iscsi.password=${secret} quiet`,
  ),
  inLine('credential of systemd', (secret) => `SetCredential=db:${secret}`),
  inLine('program in a log', (secret) => `CMD (backup --password ${secret} /srv)`),
  inLine(
    'kernel command line',
    (secret) => `root=/dev/vda netroot=iscsi:me:${secret}@10.0.0.1 quiet`,
    plain,
    'proc.cmdline',
  ),
  inLine('systemd on the kernel command line', (secret) => `systemd.set_credential=a:${secret}`, plain, 'proc.cmdline'),
  inLine(
    'cifs',
    (secret) => `36 35 0:52 / /mnt rw - cifs //h/s rw,username=u,password=${secret}`,
    plain,
    'instance.mountinfo',
  ),
  inLine(
    'ceph',
    (secret) => `36 35 0:52 / /mnt rw - ceph 10.0.0.1:/ rw,name=a,secret=${secret}`,
    plain,
    'proc.self.mountinfo',
  ),
  inLine('environment of a process', (secret) => `PATH=/bin\0APP_KEY=${secret}\0`, plain, 'proc.812.environ'),
  inLine('arguments of a process', (secret) => `/bin/app\0--key\0${secret}\0`, plain, 'proc.812.cmdline'),
  inLine('environment of an instance', (secret) => instance({ 'environment.APP': secret }), plain, ofEngine),
  inLine('setting of a user', (secret) => instance({ 'user.note': secret }), plain, ofEngine),
  inLine(
    'cloud-init',
    (secret) => instance({ 'cloud-init.user-data': `#cloud-config\npassword: ${secret}\n` }),
    plain,
    ofEngine,
  ),
  inLine(
    'option of a device',
    (secret) => instance({}, { d: { type: 'disk', 'raw.mount.options': `password=${secret}` } }),
    plain,
    ofEngine,
  ),
  inLine(
    'trust password',
    (secret) => JSON.stringify({ config: { 'core.trust_password': secret } }),
    plain,
    'engine.server',
  ),
  inLine('OIDC', (secret) => `config:\n  oidc.client.secret: ${secret}\n`, plain, 'engine.info'),
  inLine('Loki', (secret) => `config:\n  loki.auth.password: ${secret}\n`, plain, 'engine.info'),
  {
    kind: 'token to join a cluster',
    make: (seed) => {
      const secret = secretOf(seed, 64, hex);
      return { secret, text: `lxd init: ${packed(JSON.stringify({ server_name: 'b', secret }))}` };
    },
  },
  inLine('liblxc', (secret) => `lxc.environment = A=${secret}`, plain, 'instance.lxc.conf'),
  inLine(
    'docker environment',
    (secret) => JSON.stringify([{ Config: { Env: ['PATH=/bin', `APP=${secret}`] } }]),
    plain,
    'container.inspect',
  ),
  inLine(
    'docker label',
    (secret) => JSON.stringify([{ Config: { Labels: { 'app.note': secret } } }]),
    plain,
    'container.inspect',
  ),
  inLine(
    'docker arguments',
    (secret) => JSON.stringify([{ Path: '/app', Args: ['--key', secret] }]),
    plain,
    'container.inspect',
  ),
  inLine(
    'podman',
    (secret) => JSON.stringify([{ Config: { CreateCommand: ['podman', 'run', '-e', `A=${secret}`] } }]),
    plain,
    'container.inspect',
  ),
  inLine('compose', (secret) => `services:\n  web:\n    environment:\n      APP: ${secret}\n`, plain, 'compose.file'),
  inLine(
    'registry',
    (secret) => JSON.stringify({ auths: { 'r.example': { auth: packed(`me:${secret}`) } } }),
    plain,
    'docker.config',
  ),
  {
    kind: 'private key',
    make: (seed) => {
      const secret = secretOf(seed, 64);
      const body = [secret, secretOf(seed + 1, 64), secretOf(seed + 2, 20)].join('\n');
      return { secret, text: `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----` };
    },
  },
  {
    kind: 'PGP key',
    make: (seed) => {
      const secret = secretOf(seed, 64);
      const body = `Version: GnuPG v2\n\n${secret}\n${secretOf(seed + 1, 64)}\n=aBcD`;
      return { secret, text: `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${body}\n-----END PGP PRIVATE KEY BLOCK-----` };
    },
  },
];

/** A secret in its place. */
export interface Planted {
  readonly kind: string;
  readonly secret: string;
  readonly evidence: Evidence;
}

/** `rounds` of each kind. */
export function plantAll(rounds: number): readonly Planted[] {
  return secretKinds.flatMap(({ kind, make, id = 'instance.log.app.log' }, index) =>
    Array.from({ length: rounds }, (_, round) => {
      const { secret, text } = make(index * 100 + round + 1);
      const evidence = fakeEvidence(id, id.startsWith('instance.log') ? `(00.000001) before\n${text}\nafter\n` : text);
      return { kind, secret, evidence };
    }),
  );
}

/** The secret as a search over bytes finds it: as it is, in base64 at each alignment, encoded for an address. */
export function formsOf(secret: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    return bytes.toString('base64').slice(before === 0 ? 0 : before + 1, Math.floor((bytes.length * 8) / 6));
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inBase64];
}
