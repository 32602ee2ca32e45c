/** The text of a bug on Launchpad: title, tags, address and description. */

import type { FiledSummary, Filing } from './filing.js';
import { failureTitle, renderLaunchpad } from '../launchpad.js';
import { blank } from './answer.js';
import { hostFactsOf, osRelease } from './host-facts.js';
import { launchpadPackage, launchpadQuestions, launchpadTags } from './trackers/launchpad.js';

/** Launchpad refuses descriptions over 50,000 characters, and the answers of the user need room. */
const maxPasted = 45_000;
/** What is appended to a description that the user writes. */
const maxAppended = 30_000;

const whereFilesAre = 'Files named below are attached, with - for / in their names.';

/** To paste: questions first, facts then. */
export function pastedDescription({ summary }: Filing): string {
  const questions = launchpadQuestions.map(([title, question]) => `${title}: ${blank(question)}`);
  return `${questions.join('\n')}\n\n${renderLaunchpad(summary, { maxCharacters: maxPasted, whereFilesAre })}`;
}

/** To append to what the user writes into the form. */
export function appendedDescription({ summary }: Filing): string {
  return renderLaunchpad(summary, { maxCharacters: maxAppended, whereFilesAre });
}

/** What a tag may be: `valid_name` of Launchpad. */
export function launchpadTagsOf(summary: FiledSummary): readonly string[] {
  const { manifest, triage } = summary;
  const phase = triage === undefined || triage.phase === 'unknown' ? undefined : triage.phase;
  const release = summary.textOf('host.os-release') ?? '';
  const codename = osRelease(release, 'ID') === 'ubuntu' ? osRelease(release, 'VERSION_CODENAME') : undefined;
  const words = [...launchpadTags, manifest.engine, phase, codename].filter((word) => word !== undefined);
  return [...new Set(words.map(toTag).filter((tag) => tag !== ''))];
}

function toTag(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[^a-z0-9+.-]/g, '.')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 40);
}

/** `DuplicateSignature`: engine, phase, and the words of the first error with their variable parts taken out. */
export function duplicateSignature({ manifest, triage }: FiledSummary): string | undefined {
  if (triage === undefined || triage.signature === '') return undefined;
  const cause = triage.diagnoses.find(({ cause: id }) => triage.signature.startsWith(`${id}: `))?.cause;
  // What the cause is called may change; what the programs say does not depend on us.
  const words = cause === undefined ? triage.signature : triage.signature.slice(cause.length + 2);
  return ['crdoctor', manifest.engine ?? 'criu', triage.phase, words].join(':');
}

/** Anything but Ubuntu is not what the package is about; undefined where nothing tells. */
export function distributionOf(summary: FiledSummary): string | undefined {
  return hostFactsOf(summary).distribution;
}

/** The address of the form. `token`: names the data that was sent before, which holds the tags. */
export function filebugUrl(bugs: string, summary: FiledSummary, token?: string): string {
  const title = failureTitle(summary);
  const form = `${bugs}/ubuntu/+source/${launchpadPackage}/+filebug`;
  if (token !== undefined) return `${form}/${token}?${new URLSearchParams({ 'field.title': title }).toString()}`;
  const tags = launchpadTagsOf(summary).join(' ');
  // Without it Ubuntu's form sends people to a page on apport.
  return `${form}?no-redirect&${new URLSearchParams({ 'field.title': title, 'field.tags': tags }).toString()}`;
}
