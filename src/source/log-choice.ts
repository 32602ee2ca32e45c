/** Which files of an archive or a directory a triage looks at, by their names and their beginnings. */

import { isLogName } from './log-name.js';

/**
 * What is done with a file: `log` is read as the log of what failed, `host-log` as one of a whole host, in
 * which few lines are about it; `statistics` and `inventory` are CRIU's, without memory in them; `versions` tells
 * what was installed; `packed` is an archive; `unknown` is read when it begins like a log of CRIU; `never` is not opened.
 */
export type FileChoice = 'log' | 'host-log' | 'statistics' | 'inventory' | 'versions' | 'packed' | 'unknown' | 'never';

/** Memory, files and queues of the container, in CRIU's images and beside them in archives of podman. */
const imageName =
  /\.img(?:\.\w{1,4})?$|^(?:pages|core|tmpfs|ghost-file|memfd|dev-shm)-|^(?:pipes-data|fifo-data|sk-queues)/i;
const containerFiles = /(?:^|\/)(?:rootfs|volumes|artifacts)\/|(?:^|\/)(?:rootfs-diff|devshm-checkpoint)\.tar/;
const consoleName = /^console\.log/;
/** What is no text by its very name. */
const binaryName =
  /\.(?:journal~?|jpe?g|png|gif|webp|pdf|mp4|so(?:\.\d+)*|k?o|pyc|rpm|deb|iso|qcow2|vmdk|db|sqlite3?|pcap|core|html?|css|js|json|ya?ml|xml|sha256|asc|sig)$|^(?:wtmp|btmp|lastlog|faillog|tallylog)/i;

/** Folders of a host, in a copy of one as sos makes it, and those of them where nobody keeps logs. */
const hostFolder = /(?:^|\/)(?:var\/log|sos_\w+)\//;
const barrenFolder = /^(?:[^/]+\/)?(?:proc|sys|etc|usr|boot|sos_strings|sos_reports|sos_logs)\//;
const engineFolder =
  /(?:^|\/)(?:lxd|incusd?|lxc|criu|libpod|podman|docker|containerd|crio|runc|crun|containers|userdata)\//;
/** Logs in which a host tells of everything. */
const hostLog =
  /^(?:syslog|messages|kern|daemon\.|dmesg|journal|lxd|incusd?|docker|containerd|podman|kubelet|crio)[\w.-]*/;
/** What sos ran for the plug-ins that have to do with containers and the kernel. */
const sosCommand =
  /(?:^|\/)sos_commands\/(?:kernel\/dmesg|logs\/|lxd\/|incus\/|lxc\/|podman\/|docker\/|containerd\/|crio\/|runc\/|criu\/)/;
const criuLog = /^(?:(?:pre-)?dump|restore|criu)\b.*\.log|_(?:pre-)?(?:dump|restore)_.*\.log|criu-dump\.log|^criu-log/;

/** Files of a sosreport (and of /) that tell versions; see parse/host-versions.ts. */
const versionClue =
  /(?:^|\/)(?:proc\/version|sos_commands\/kernel\/uname_-a|sos_commands\/snap\/snap_list[\w.-]*|sos_commands\/dpkg\/dpkg_-l|sos_commands\/(?:podman|docker|incus|lxd)\/\w+_(?:--)?version|(?:^|\/)(?:installed-(?:debs|rpms)|package-data))$/;

const archiveName = /\.(?:tar|t[bgx]z2?|tzst|zip)$|\.tar\.\w{1,5}$/i;

/** What the name says. `name`: with slashes, below the directory or the top of the archive. Untrusted. */
export function chooseFile(name: string): FileChoice {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (base === 'inventory.img' && !containerFiles.test(name)) return 'inventory';
  if (imageName.test(base) || containerFiles.test(name) || consoleName.test(base)) return 'never';
  if (/^stats-(?:dump|restore)$/.test(base)) return 'statistics';
  if (versionClue.test(name)) return 'versions';
  if (criuLog.test(base)) return 'log';
  if (barrenFolder.test(name)) return 'never';
  if (isHostPath(name)) return chooseOfHost(name, base);
  if (archiveName.test(base)) return 'packed';
  if (isLogName(base)) return 'log';
  return binaryName.test(base) ? 'never' : 'unknown';
}

/** True for a place where a host keeps the logs of everything. */
export function isHostPath(name: string): boolean {
  return hostFolder.test(name);
}

/** True for names that only the logs of a host have, wherever they lie. */
export function isHostLogName(name: string): boolean {
  return /(?:^|\/)(?:syslog|messages|kern\.log|daemon\.log|auth\.log|dpkg\.log|wtmp|lastlog)$/.test(name);
}

function chooseOfHost(name: string, base: string): FileChoice {
  if (sosCommand.test(name) || hostLog.test(base)) return binaryName.test(base) ? 'never' : 'host-log';
  if (engineFolder.test(name) && isLogName(base)) return 'host-log';
  return binaryName.test(base) || archiveName.test(base) ? 'never' : 'unknown';
}

/** Bytes at the beginning of a file by which {@link beginsLikeCriu} can tell. */
export const tellingBytes = 64 * 1024;

/** A line of CRIU, or of an engine that quotes one (criu/log.c; see parse/criu-log.ts). */
const criuLine =
  /^ *\(\d{2,}\.\d{1,6}\) |(?:Error|Warn ) \((?:criu\/)?[\w/-]+\.[ch]:\d+\): |(?:Dumping|Restoring) FAILED/m;

/** Whether the beginning of a file shows that it is a log of CRIU, whatever its name. */
export function beginsLikeCriu(head: Buffer): boolean {
  return !head.subarray(0, 512).includes(0) && criuLine.test(head.toString('latin1'));
}
