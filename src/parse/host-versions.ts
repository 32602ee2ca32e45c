/** Versions that a copy of a host tells, such as a sosreport: its kernel, CRIU and the engine. */

/** What was installed; undefined = not told. */
export interface HostVersions {
  readonly kernel?: string;
  readonly criu?: string;
  /** With its name: `lxd 5.0.2`. */
  readonly engine?: string;
}

/**
 * Engines that checkpoint by CRIU, the more telling ones first: a host with LXD has its containers there,
 * and containerd comes with docker.
 */
const engines: readonly string[] = ['lxd', 'incus', 'podman', 'docker.io', 'docker-ce', 'containerd'];

/**
 * What one file says, by the name that sos or the kernel gives it. `text` is untrusted.
 *
 *     proc/version, sos_commands/kernel/uname_-a    Linux version 6.1.0-18-amd64 (…)   Linux host 6.1.0-18-amd64 #1 …
 *     installed-debs, sos_commands/dpkg/dpkg_-l     ii  criu  4.1.1-1+deb13u1  amd64  …
 *     installed-rpms, package-data                  criu-3.19-1.el9.x86_64   Mon …
 *     sos_commands/snap/snap_list_--all             lxd  5.21.1-2d13beb  28463  5.21/stable  canonical  -
 *     sos_commands/podman/podman_version            Version:      4.9.4-rhel
 */
export function parseHostVersions(name: string, text: string): HostVersions {
  if (/(?:^|\/)proc\/version$/.test(name)) return kernelOf(/^Linux version (\S{1,100})/.exec(text)?.[1]);
  if (name.endsWith('/uname_-a')) return kernelOf(/^Linux \S+ (\S{1,100})/.exec(text)?.[1]);
  const program = /\/sos_commands\/(podman|docker|incus|lxd)\/\w+version$/.exec(`/${name}`)?.[1];
  if (program !== undefined)
    return engineOf(program, /^\s*(?:Client v|Server v|V)ersion:\s+(\S{1,60})/m.exec(text)?.[1]);
  const criu = versionOf('criu', text);
  const found = engines.find((engine) => versionOf(engine, text) !== undefined);
  return {
    ...(criu !== undefined && { criu: plain(criu) }),
    ...(found !== undefined && engineOf(found.replace(/[.-].*/, ''), versionOf(found, text))),
  };
}

/** The first of those that tell each of the three. */
export function mergeHostVersions(all: readonly HostVersions[]): HostVersions {
  return all.reduceRight((merged, each) => ({ ...merged, ...each }), {});
}

/** A package that is installed, in a list of dpkg, rpm or snap. */
function versionOf(name: string, text: string): string | undefined {
  const word = name.replaceAll('.', String.raw`\.`);
  const line = new RegExp(String.raw`^(?:ii +${word}(?::\w+)? +|${word}-(?=\d)|${word} {2,}(?=\d))(\S{1,60})`, 'm');
  return line.exec(text)?.[1]?.replace(/\.(?:x86_64|aarch64|noarch|s390x|ppc64le)$/, '');
}

/** CRIU's own number, as its logs tell it: without epoch and what a distribution adds. */
function plain(version: string): string {
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? version;
}

function kernelOf(kernel: string | undefined): HostVersions {
  return kernel === undefined ? {} : { kernel };
}

function engineOf(name: string, version: string | undefined): HostVersions {
  return version === undefined ? {} : { engine: `${name} ${version}` };
}
