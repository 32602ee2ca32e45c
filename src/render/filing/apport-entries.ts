/** What a report file for apport holds: enough that apport collects nothing more and files it against CRIU. */

import { escapeLines, escapeText } from '../escape.js';
import { failureTitle, renderLaunchpad } from '../launchpad.js';
import { holdsControls, renderApportFile, type ApportEntry } from './apport-file.js';
import type { FiledSummary } from './filing.js';
import { hostFactsOf, osRelease } from './host-facts.js';
import { duplicateSignature, launchpadTagsOf } from './launchpad-text.js';
import type { PackedAttachment } from './packed-attachment.js';
import { launchpadPackage } from './trackers/launchpad.js';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Architectures of Debian and Ubuntu by what `uname -m` says. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'armhf',
  i686: 'i386',
  ppc64le: 'ppc64el',
};

const whereFilesAre = 'Files named below are attached, with - for / in their names.';

/** Of what fits into a report file; `now` is taken where the report does not tell its own time. */
export function renderApport(summary: FiledSummary, attachments: readonly PackedAttachment[], now: Date): Buffer {
  return renderApportFile(apportEntries(summary, attachments, now));
}

function apportEntries(
  summary: FiledSummary,
  attachments: readonly PackedAttachment[],
  now: Date,
): readonly ApportEntry[] {
  const facts = hostFactsOf(summary);
  const { manifest, action, triage } = summary;
  const lines: Readonly<Record<string, string | undefined>> = {
    ProblemType: 'Bug',
    Architecture: facts.machine === undefined ? undefined : (architectures[facts.machine] ?? facts.machine),
    CheckpointCommand: action?.command,
    CrdoctorVersion: manifest.crdoctor,
    CriuVersion: facts.criu,
    Date: asctime(manifest.createdAt, now),
    DistroRelease: distroRelease(summary),
    DuplicateSignature: duplicateSignature(summary),
    Engine: [manifest.engine, facts.engineVersion].filter((word) => word !== undefined).join(' '),
    FailedPhase: triage?.phase === 'unknown' ? undefined : triage?.phase,
    Package: `${launchpadPackage} ${facts.criuPackage ?? '(not installed)'}`,
    SourcePackage: launchpadPackage,
    Tags: launchpadTagsOf(summary).join(' '),
    Title: failureTitle(summary),
    Uname: facts.kernel === undefined ? undefined : ['Linux', facts.kernel, facts.machine ?? ''].join(' '),
  };
  const short = Object.entries(lines).flatMap(([key, value]) => {
    const line = escapeText(value ?? '').trim();
    return line === '' ? [] : [{ key, value: line }];
  });
  const description = { key: 'CheckpointSummary', value: renderLaunchpad(summary, { whereFilesAre }) };
  return [...short, { key: 'Dependencies', value: dependencies(summary) }, description, ...attachments.map(toEntry)];
}

/** With this key apport takes the report for complete; what CRIU depends on is in the list of packages. */
function dependencies(summary: FiledSummary): string {
  const lines = (summary.textOf('host.packages') ?? '')
    .split('\n')
    .filter((line) => /^[a-z0-9][\w.+-]* [\w.+:~-]+$/.test(line));
  return lines.length === 0 ? 'not told by the report' : lines.join('\n');
}

/** `Ubuntu 24.04`, as apport makes it from /etc/os-release. */
function distroRelease(summary: FiledSummary): string | undefined {
  const release = summary.textOf('host.os-release') ?? '';
  const name = osRelease(release, 'NAME')?.replace(/ GNU\/Linux$/, '');
  const version = osRelease(release, 'VERSION_ID');
  return name === undefined ? undefined : [name, version].filter((word) => word !== undefined).join(' ');
}

/** `Fri Nov 20 11:51:41 2026`, UTC (`man 3 asctime`). */
function asctime(createdAt: string, now: Date): string {
  const told = new Date(createdAt);
  const date = Number.isNaN(told.getTime()) || told.getUTCFullYear() > 9999 ? now : told;
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = date.toISOString().slice(11, 19);
  return `${weekdays[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`;
}

/** The names begin with a side, so that no file of a report takes the place of a key that means something. */
function toEntry({ name, body, isGzip }: PackedAttachment): ApportEntry {
  const key = name.replace(/\.txt$/, '');
  if (isGzip) return { key, value: { gzip: body } };
  const text = body.toString('utf8');
  return { key, value: holdsControls(text) ? escapeLines(text).join('\n') : text };
}
