/** Ordinary servers, with and without clients, as a container would have them. */

import { type Case, plain, scripts } from '../case.js';

const quiet = '>/dev/null 2>&1';
const withConnections = ['', '--tcp-established'];

/** Asks again and again on one connection. */
const asks = (port: number, question: string): string =>
  `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:${port}") or exit 1; $| = 1;
while (1) { syswrite $s, "${question}"; sysread $s, $_, 65536; select undef, undef, undef, 0.01 }' ${quiet} &
sleep 0.3`;

const redis = `redis-server --port 6379 --unixsocket /run/redis.sock --save '' ${quiet} &
until redis-cli ping ${quiet}; do sleep 0.05; done`;

const nginx = `mkdir -p /run/www /run/logs; echo hello >/run/www/index.html
cat >/run/nginx.conf <<'CONF'
user root;
worker_processes 2;
pid /run/nginx.pid;
error_log /dev/null;
events {}
http {
  access_log off;
  client_body_temp_path /run/logs/body;
  proxy_temp_path /run/logs/proxy;
  fastcgi_temp_path /run/logs/fastcgi;
  uwsgi_temp_path /run/logs/uwsgi;
  scgi_temp_path /run/logs/scgi;
  keepalive_requests 1000000;
  server { listen 8080; root /run/www; }
}
CONF
nginx -c /run/nginx.conf ${quiet}`;

const postgres = `bin=$(echo /usr/lib/postgresql/*/bin); mkdir -p /run/data; chown postgres /run/data
setpriv --reuid postgres --regid postgres --clear-groups sh -c "
  $bin/initdb -D /run/data -A trust --no-sync ${quiet}
  $bin/pg_ctl -D /run/data -w -l /run/data/log -o '-k /run/data -F' start ${quiet}"`;

const sshd = `mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f /run/key
/usr/sbin/sshd -f /dev/null -o HostKey=/run/key -o Port=2222 -o PidFile=none ${quiet}`;

const inWorkloads = (cases: readonly Case[]): readonly Case[] => cases.map((each) => ({ ...each, isWorkload: true }));

export const workloadCases: readonly Case[] = [
  ...inWorkloads([
    ...scripts({ redis, nginx, sshd, cron: 'cron' }, 'mpniu'),
    ...scripts({ cron: 'cron' }, 'mpniu', ['--file-locks']),
    ...scripts({ postgres, 'nginx as another user': nginx.replace('user root', 'user www-data') }, 'mpniu'),
    ...scripts({ postgres }, 'mpniuU'),
    ...scripts({ 'redis with a client': `${redis}\n${asks(6379, 'PING\\r\\n')}` }, 'mpniu', withConnections),
    ...scripts({ 'nginx under load': `${nginx}\n${asks(8080, 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')}` }, 'mpniu', [
      '',
      '--tcp-established',
      '--tcp-established --skip-in-flight',
    ]),
  ]),
  ...inWorkloads([
    {
      name: 'java server (mpniu)',
      command: ['sh', '-c', `exec java -Xshare:auto -Xmx64m -XX:-UsePerfData /srv/Server.java </dev/null ${quiet}`],
      options: '',
      namespaces: 'mpniu',
      criu: 'current',
    },
    {
      name: 'go server (mpniu)',
      command: ['sh', '-c', `exec /srv/go-server </dev/null ${quiet}`],
      options: '',
      namespaces: 'mpniu',
      criu: 'current',
    },
    {
      name: 'go server without MPTCP (mpniu)',
      command: ['sh', '-c', `GODEBUG=multipathtcp=0 exec /srv/go-server </dev/null ${quiet}`],
      options: '',
      namespaces: 'mpniu',
      criu: 'current',
    },
  ]),
  ...scripts(
    {
      'node server': `node -e 'require("node:http").createServer((_, answer) => answer.end("hello")).listen(0)' ${quiet} & sleep 0.5`,
      'node idle': `node -e 'setInterval(() => undefined, 1000)' ${quiet} & sleep 0.5`,
      'node watching': `node -e 'require("node:fs").watch("."); process.stdin.on("data", () => 0)' ${quiet} & sleep 0.5`,
    },
    '',
    plain,
  ),
];
