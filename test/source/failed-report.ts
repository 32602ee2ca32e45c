/** Reports about what failed in the lab: the host, the logs and the terminal as they were recorded. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import type { Manifest } from '../../src/source/manifest.js';
import type { Evidence } from '../../src/source/source.js';
import { fakeEvidence } from '../evidence/fake-source.js';
import { recordedHost, reportOf, type SampleReport } from './sample-report.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

const osRelease =
  'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\n';
const serverInfo = [
  'config: {}',
  'api_extensions:',
  '- storage',
  'environment:',
  '  driver: lxc',
  '  driver_version: 5.0.2',
  '  kernel_version: 6.18.44',
  '  server: lxd',
  '  server_version: 5.0.2',
  '  storage: dir',
  '  storage_version: "1"',
  '',
].join('\n');

/** The stateful stop of a container of the lab. `more` takes the place of evidence with the same id. */
export function failedReport(
  name: string,
  more: readonly Evidence[] = [],
  about: Partial<Manifest> = {},
): SampleReport {
  const { engine, host, ofInstance } = recordedHost(name);
  const [command = '', ...output] = readFileSync(`${fixtures}/logs/${name}/terminal.txt`, 'utf8').split('\n');
  const logs = readdirSync(`${fixtures}/logs/${name}`).filter((file) => file.endsWith('.log.gz'));
  const told = [
    fakeEvidence('action.command', `${command.replace('$ ', '')}\n`),
    fakeEvidence('action.output', output.join('\n')),
    fakeEvidence('host.os-release', osRelease),
    fakeEvidence('host.packages', 'criu 4.1.1-1\nlibc6 2.39-0ubuntu8\n'),
    fakeEvidence('engine.info', serverInfo),
    fakeEvidence('engine.show-log', 'Name: c1\nStatus: RUNNING\nLog:\n'),
    fakeEvidence('host.dmesg', '[    0.000000] Linux version 6.18.44\n'),
    fakeEvidence('engine.config.expanded', 'architecture: x86_64\n'),
    ...logs.map((file) =>
      fakeEvidence(
        `instance.log.${file.replace('.gz', '')}`,
        gunzipSync(readFileSync(`${fixtures}/logs/${name}/${file}`)).toString('utf8'),
      ),
    ),
  ];
  const all = new Map([...host, ...ofInstance, ...told, ...more].map((each) => [each.id, each]));
  return reportOf([...all.values()], { ...(engine !== undefined && { engine }), instance: name, ...about });
}
