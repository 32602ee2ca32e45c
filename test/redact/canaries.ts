/** Evidence with a canary in every kind of place where a secret can stand, as the programs print it. */

import type { Evidence } from '../../src/source/source.js';
import { fakeEvidence } from '../evidence/fake-source.js';

export const canary = 'Kanarie-7Fq2';
const base64 = 'S2FuYXJpZS03RnEyS2FuYXJpZS03RnEyS2FuYXJpZS03RnEy';

const certificate = ['-----BEGIN CERTIFICATE-----', base64, canary.replace('-', '/'), '-----END CERTIFICATE-----'];

export const pem = (text: string): string => text.replace(canary, canary.replace('-', '/'));

const config = {
  'environment.DB': canary,
  'user.meta data': `two words ${canary}`,
  'user.multi': `one\n  ${canary}: x\n\nthree ${canary}\n`,
  'cloud-init.user-data': `#cloud-config\npassword: ${canary}\nchpasswd: {expire: false}\n`,
  'user.true': 'true',
  'raw.lxc': `lxc.pty.max = 1\nlxc.environment = A=${canary}\nlxc.hook.pre-start = /bin/x --p ${canary}\n# ${canary}\n`,
  'raw.seccomp': `2\n${canary}\n`,
  'oci.entrypoint': `/bin/sh -c ${canary}`,
  'unheard.of': canary,
  'bgp.peers.x.password': canary,
  'security.nesting': 'true',
  'image.os': 'debian',
  'volatile.eth0.hwaddr': '00:16:3e:01:02:03',
};
const devices = {
  share: {
    type: 'disk',
    path: '/mnt',
    source: `//bob:${canary}@server/share`,
    'raw.mount.options': `vers=3,password=${canary},ro`,
  },
  pool: { type: 'disk', pool: 'remote', 'ceph.user_name': canary, source: 'a/b', path: '/c' },
  nic: { type: 'nic', nictype: 'bridged', 'user.note': canary, 'security.secrets': canary },
};
export const instance = {
  architecture: 'x86_64',
  config,
  description: `for ${canary}`,
  devices,
  expanded_config: config,
  expanded_devices: devices,
  name: 'c1',
  profiles: ['default'],
  project: 'default',
  snapshots: [{ name: 's1', config, expanded_devices: devices }],
  state: { pid: 812, network: { eth0: { hwaddr: '00:16:3e:01:02:03' } } },
  status: 'Running',
  type: 'container',
};
export const server = {
  api_extensions: ['storage', 'network'],
  api_status: 'stable',
  api_version: '1.0',
  auth: 'trusted',
  auth_user_name: canary,
  config: {
    'core.https_address': `${canary}:8443`,
    'core.trust_password': true,
    'core.proxy_https': `http://u:${canary}@p`,
  },
  environment: {
    addresses: [`${canary}:8443`],
    certificate: `${certificate.join('\n')}\n`,
    certificate_fingerprint: canary,
    driver: 'lxc',
    driver_version: '5.0.2',
    kernel_version: '6.12.1',
    lxc_features: { cgroup2: 'true' },
    server: 'lxd',
    server_pid: 82,
    server_version: '5.0.2',
    storage_supported_drivers: [{ Name: 'dir', Version: '1' }],
    unheard_of: [canary],
  },
  public: false,
};

/** Commands with passwords in their arguments, as they are typed and as logs quote them. */
export const commands: readonly string[] = [
  `mysql -u root -p${canary} db`,
  `/usr/bin/mysqldump '-p${canary} with blanks' db`,
  `mariadb-dump -p ${canary} db | gzip`,
  `sshpass -p${canary} ssh root@c2`,
  `sshpass -p '${canary} x' ssh root@c2`,
  `exec: ["sshpass","-p","${canary}","ssh"]`,
  `msg="running mysql -p${canary}" instance=c1`,
  String.raw`msg="{\"argv\": [\"mysql\", \"-p${canary}\"]}"`,
  `docker login -u me -p ${canary} registry`,
  `redis-cli -a ${canary} info`,
  `curl -u me:${canary} https://x/`,
  `smbclient //s/x -U me%${canary}`,
  `ldapsearch -D cn=x -w ${canary}`,
  `openssl rsa -passin pass:${canary}`,
  `backup --password=${canary} --all`,
  `backup -password ${canary}`,
  `backup --pass '${canary}'`,
  `TOKEN=${canary} backup`,
  `LICENSE_KEY=${canary} backup`,
  `lxc exec c1 --env A=${canary} -- backup`,
  `lxc config set c1 user.note ${canary}`,
  `mount //me:pa/${canary}@server/share /mnt`,
  `mount https://me:p@/${canary}@server/dav /mnt`,
];

/** Free text, one secret a line. */
export const lines: readonly string[] = [
  `lvl=eror msg="login password=${canary} failed" instance=c1`,
  `{"password": "${canary} with blanks", "n": 1}`,
  String.raw`msg="\n\t{\n\t\t\"trust_token\": \"${canary}\",\n\t\t\"a\": 1"`,
  `DB_PASSWORD=${canary}`,
  `dbpassword = '${canary}'`,
  `root password: correct horse ${canary}`,
  `clientSecret: ${canary}`,
  `mysqldump --password ${canary} --all`,
  `aws_secret_access_key=${canary}`,
  `api-key: "${canary}"`,
  `Authorization: Basic ${canary}`,
  `curl -H 'Authorization: Bearer ${canary}' https://x/`,
  `got bearer ${canary}`,
  `cloning https://bob:${canary}@example.org/x.git`,
  `mount //bob:p@ss${canary}@server/share`,
  `https://${canary}${canary}@example.org/`,
  'key AKIAKANARIE7FQ2KANAR used',
  'ghp_Kanarie7Fq2Kanarie7Fq2Kanarie7Fq2xx',
  `token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJLYW5hcmllN0ZxMiJ9.Kanarie7Fq2`,
  `root:$6$salt$Kanarie7Fq2Kanarie7Fq2Kanarie:19000::`,
  `audit: type=1327 audit(1.2:3): proctitle=${canary}`,
  `audit: type=1309 audit(1.2:3): argc=2 a0="mysql" a1="-p${canary}"`,
  `sudo: root : TTY=pts/0 ; COMMAND=/usr/bin/mysql -p${canary}`,
  `CRON[12]: (root) CMD (backup -p ${canary})`,
  `config user.note: ${canary}`,
  `"environment.X": "${canary}"`,
  `cloud-init.user-data=${canary}`,
  `lxc.environment = A=${canary}`,
  `Environment=A=${canary}`,
  `-----BEGIN PRIVATE KEY-----\\n${base64}\\n-----END PRIVATE KEY-----`,
  `x -----BEGIN PRIVATE KEY-----\\n${base64}`,
  ...commands,
];

const mounts = [
  `36 35 0:52 / /mnt rw,relatime - cifs //bob:${canary}@server/share rw,vers=3,password=${canary},uid=0`,
  `37 35 0:53 / /ceph rw - ceph 1.2.3.4:/ rw,name=admin,secret=${canary}`,
  `38 35 0:54 / /x rw - fuse.s3 s3 rw,user_id=0,credentials=${canary}`,
  `39 35 0:55 / /y rw - fuse.sshfs u%${canary}@host:/dir rw`,
  `40 35 0:56 / /z rw - cifs //bob:a/${canary}@server/share rw`,
];

/** By id: what the programs print, with the canary in it. */
export const planted: readonly Evidence[] = [
  fakeEvidence('engine.server', JSON.stringify(server, null, '\t')),
  fakeEvidence('engine.instance', JSON.stringify(instance, null, '\t')),
  { ...fakeEvidence('engine.instance', JSON.stringify(instance)), reason: `password=${canary}` },
  fakeEvidence(
    'engine.pool',
    JSON.stringify([{ name: 'p', config: { source: 'a', 'pure.api.token': canary, 'powerflex.user.name': canary } }]),
  ),
  fakeEvidence(
    'engine.network.show',
    `config:\n  ipv4.address: 10.0.0.1/24\n  raw.dnsmasq: |-\n    x\n    ${canary}\n  user.x: ${canary}\nname: lxdbr0\n`,
  ),
  fakeEvidence(
    'engine.operations',
    JSON.stringify({ running: [{ id: 'x', metadata: { fds: { 0: canary }, command: [canary], fs_progress: '3MB' } }] }),
  ),
  fakeEvidence(
    'instance.lxc.conf',
    `${config['raw.lxc']}lxc.execute.cmd = ${canary}\nlxc.odd = ${canary}\n${canary}\nlxc.mount.entry = //u:${canary}@h/s mnt cifs ro,password=${canary} 0 0\n`,
  ),
  fakeEvidence('proc.self.mountinfo', `${mounts.join('\n')}\n`),
  fakeEvidence('instance.mountinfo', `${mounts.join('\n')}\n`),
  fakeEvidence('instance.tasks', `== 812 100\nName:\tsh\n${mounts.map((mount) => `mount ${mount}\n`).join('')}`),
  fakeEvidence('proc.cmdline', `root=/dev/sda1 rd.iscsi.password=${canary} netroot=iscsi:u:${canary}@1.2.3.4 quiet\n`),
  fakeEvidence('proc.812.cmdline', `/bin/app\0--p\0${canary}\0`),
  fakeEvidence('proc.812.environ', `A=${canary}\0B=x\n${canary}\0${canary}\0`),
  fakeEvidence(
    'host.container',
    `== absent /.dockerenv\n== ok /proc/1/environ\n\tA=${canary}\0M=x\n\t${canary}\n\t\0container=lxc\0B=${canary}\n`,
  ),
  fakeEvidence(
    'host.processes',
    `  PID USER     COMMAND\n    1 root     /sbin/init ${canary}\n   22 root      \\_ app -p ${canary}\n`,
  ),
  fakeEvidence('instance.log.console.log', `login: root\n${canary}\n`),
  fakeEvidence('action.command', `lxc config set c1 environment.X "two ${canary}"\n`),
  ...[
    ...commands,
    `env KEY=${canary} backup`,
    `backup --key ${canary}`,
    `env 'DB_KEY=two ${canary}' backup`,
    `lxc config set core.trust_password ${canary}`,
  ].flatMap((command) => [
    fakeEvidence('action.command', `${command}\n`),
    { ...fakeEvidence('criu.check', ''), origin: command },
  ]),
  fakeEvidence(
    'engine.pool',
    JSON.stringify({ name: 'p', used: { [`https://u:${canary}@h/`]: 1, [`password=${canary}`]: [], b: 1 } }),
  ),
  fakeEvidence('engine.networks', `used:\n  https://u:${canary}@h/: 1\n  'password=${canary}':\n  - x\n`),
  fakeEvidence('action.output', `config:\n  user.x: |\n    ${canary}\n    ${canary}\nError: password=${canary}\n`),
  fakeEvidence('engine.log', lines.join('\n')),
  fakeEvidence('host.dmesg', lines.map((line, index) => `[    ${index}.000001] ${line}`).join('\n')),
  fakeEvidence('instance.log.lxc.log', `${certificate.join('\n')}\nnext\n`),
  fakeEvidence(
    'instance.log.start.log',
    `DB_PASS=${canary}\npw = ${canary}\npassword      =      ${canary}\nCookie: session=${canary}\n` +
      `(00.1) mnt: \ttype tmpfs source u%${canary}@host:/x mnt_id 3\n`,
  ),
  fakeEvidence('host.journal', pem(`${certificate.slice(0, 3).join('\n')}\n`)),
  {
    ...fakeEvidence('host.journal', `${canary} rest of a line\nNov 20 10:00:00 a lxd[1]: fine\n`),
    status: 'truncated',
  },
  fakeEvidence('instance.log.dump.log', `${certificate.slice(1).join('\n')}\nnext\n`),
  fakeEvidence('engine.instance', JSON.stringify(instance, null, '\t').slice(0, 900)),
  fakeEvidence(
    'engine.instance',
    `{"config": {"user.x": "${canary}", oops "environment.y": "${canary}", "z": ["${canary}"`,
  ),
  {
    ...fakeEvidence('criu.check', { text: '', stderr: `secret=${canary}\n` }),
    origin: `lxc config set c1 user.x=${canary}`,
  },
];

/** What of the canaries above must not be found, in the forms in which they were planted. */
export const forms: readonly string[] = [
  canary,
  'Kanarie',
  'KANARIE7FQ2',
  base64.slice(0, 12),
  'correct horse',
  'p@ss',
];
