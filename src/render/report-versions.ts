/** The versions that matter, each from the artifact that tells it. */

import type { ReportSummary } from '../report/summary.js';
import type { EvidenceId } from '../source/source.js';

/** A version as its program wrote it. Untrusted. */
export interface VersionRow {
  readonly what: string;
  readonly value: string;
  /** Which evidence says so. */
  readonly from: string;
}

/** Packages that a maintainer asks for; rpm lists all that there are. */
const telling =
  /^(?:criu|lxd|incus|liblxc|lxc|snapd|runc|crun|podman|docker|containerd|apparmor$|libc6$|glibc$|systemd$)/;
const maxPackages = 20;

/** One row per thing that has a version; what was not read has none. */
export function versionsOf(summary: ReportSummary): readonly VersionRow[] {
  const { manifest, triage, assessment } = summary;
  const engine = manifest.engine ?? 'engine';
  const host = assessment?.subject.source;
  const there = manifest.target === undefined ? [] : versionsOfTarget(summary, engine);
  return [
    lineFrom(summary, 'kernel', 'host.uname', /\S.*/),
    lineFrom(summary, 'distribution', 'host.os-release', /(?<=^PRETTY_NAME="?)[^"\n]+/m),
    row(engine, host?.engineVersion, 'engine.server'),
    lineFrom(summary, 'CRIU', 'criu.version', /(?<=^Version: ?)\S.*/m),
    ...unlessSame(summary, 'criu.version', row('CRIU that wrote the log', triage?.versions.criu, 'the log')),
    ...unlessSame(summary, 'host.uname', row('kernel when the log was written', triage?.versions.kernel, 'the log')),
    ...packages(summary),
    ...there,
  ].filter((version) => version !== undefined);
}

function versionsOfTarget(summary: ReportSummary, engine: string): readonly (VersionRow | undefined)[] {
  const { hostname, where } = summary.manifest.target ?? { where: '' };
  const host = `target ${hostname ?? where}`;
  return [
    lineFrom(summary, `kernel of the ${host}`, 'host.uname', /\S.*/, 'target'),
    lineFrom(summary, `distribution of the ${host}`, 'host.os-release', /(?<=^PRETTY_NAME="?)[^"\n]+/m, 'target'),
    row(`${engine} of the ${host}`, summary.assessment?.subject.target?.engineVersion, 'engine.server'),
    lineFrom(summary, `CRIU of the ${host}`, 'criu.version', /(?<=^Version: ?)\S.*/m, 'target'),
  ];
}

/** What CRIU says in the end about the kernel: `Looks good.` and its variants (`criu/cr-check.c`), or the last line. */
export function criuVerdictOf(summary: ReportSummary): string | undefined {
  const lines = (summary.textOf('criu.check.all') ?? '').split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^looks good\b/i.test(line)) ?? lines.at(-1);
}

/** Lines of `NAME VERSION`, as dpkg-query and rpm are asked to print them; without a version it is not installed. */
function packages(summary: ReportSummary): readonly (VersionRow | undefined)[] {
  const lines = (summary.textOf('host.packages') ?? '').split('\n');
  const installed = lines.flatMap((line) => {
    const [name = '', version] = line.trim().split(' ');
    return version === undefined || !telling.test(name) ? [] : [row(`package ${name}`, version, 'host.packages')];
  });
  return installed.slice(0, maxPackages);
}

/** Nothing when the evidence tells the same version; an update since then is worth knowing. */
function unlessSame(summary: ReportSummary, id: EvidenceId, version: VersionRow | undefined): readonly VersionRow[] {
  const words = (summary.textOf(id) ?? '').split(/\s+/);
  return version === undefined || words.includes(version.value) ? [] : [version];
}

function lineFrom(
  summary: ReportSummary,
  what: string,
  id: EvidenceId,
  pattern: RegExp,
  side?: 'target',
): VersionRow | undefined {
  return row(what, pattern.exec(summary.textOf(id, side) ?? '')?.[0], id);
}

function row(what: string, value: string | undefined, from: string): VersionRow | undefined {
  return value === undefined || value.trim() === '' ? undefined : { what, value: value.trim(), from };
}
