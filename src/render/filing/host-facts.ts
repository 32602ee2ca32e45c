/** Facts about a host that trackers ask for, each from the artifact of a report that tells it. */

import { parseServer } from '../../parse/server-json.js';
import { parseUname } from '../../parse/uname.js';
import type { EvidenceId } from '../../source/source.js';

/** The texts of a report; without a side those of the host where the container was. */
export interface ReportTexts {
  textOf(id: EvidenceId, side?: 'target'): string | undefined;
}

export type HostFactName =
  | 'distribution'
  | 'distributionVersion'
  | 'codename'
  | 'kernel'
  | 'machine'
  | 'uname'
  | 'liblxc'
  | 'engineVersion'
  | 'storage'
  | 'criu'
  | 'criuPackage';

/** What is not there is not known. Untrusted. */
export type FiledHostFacts = Readonly<Partial<Record<HostFactName, string>>>;

/** More than this is no version and no name. */
const maxLength = 200;

export function hostFactsOf(texts: ReportTexts, side?: 'target'): FiledHostFacts {
  const text = (id: EvidenceId): string => texts.textOf(id, side) ?? '';
  const release = text('host.os-release');
  const info = text('engine.info');
  const uname = text('host.uname').trim();
  const server = parseServer(text('engine.server'));
  return known({
    distribution: osRelease(release, 'NAME'),
    distributionVersion: osRelease(release, 'VERSION') ?? osRelease(release, 'VERSION_ID'),
    codename: osRelease(release, 'VERSION_CODENAME'),
    kernel: /^Linux \S+ (\S+)/.exec(uname)?.[1],
    machine: parseUname(uname)?.machine,
    uname: uname.split('\n', 1)[0],
    liblxc: server?.liblxc ?? infoLine(info, 'driver_version'),
    engineVersion: server?.version ?? infoLine(info, 'server_version'),
    storage: infoLine(info, 'storage'),
    criu: /^Version: ?(\S.*)/m.exec(text('criu.version'))?.[1],
    criuPackage: /^criu (\S+)$/m.exec(text('host.packages'))?.[1],
  });
}

/** `NAME="Ubuntu"`, `VERSION_ID="24.04"` (`man 5 os-release`). */
export function osRelease(text: string, key: string): string | undefined {
  return new RegExp(String.raw`^${key}=(?:"([^"\n]*)"|'([^'\n]*)'|(.*))$`, 'm')
    .exec(text)
    ?.slice(1)
    .find((part) => part);
}

/** A line of `lxc info` and `incus info`: `  storage: zfs`. */
function infoLine(info: string, key: string): string | undefined {
  return new RegExp(String.raw`^ +${key}: "?([^"\n]+)"?$`, 'm').exec(info)?.[1];
}

function known(facts: Readonly<Record<HostFactName, string | undefined>>): FiledHostFacts {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => {
      const plain = value?.trim() ?? '';
      return plain === '' ? [] : [[name, plain.slice(0, maxLength)]];
    }),
  );
}
