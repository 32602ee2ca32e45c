/** `crdoctor file`: writes what a tracker asks for out of a report, and sends it where that was asked for. */

import { join, resolve } from 'node:path';

import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import { escapeText } from '../render/escape.js';
import type { Filing } from '../render/filing/filing.js';
import type { IssueForm } from '../render/filing/issue-form.js';
import { prepareIssue } from '../render/filing/prepare-issue.js';
import { prepareLaunchpad, type PreparedLaunchpad } from '../render/filing/prepare-launchpad.js';
import type { Prepared } from '../render/filing/prepared.js';
import { preparedText } from '../render/filing/prepared-text.js';
import { issueForms } from '../render/filing/trackers/index.js';
import { writeNewDirectory } from '../report/new-directory.js';
import { reportName } from '../report/output-file.js';
import { packAttachments } from '../report/pack-attachments.js';
import { readFileWish, type FileArguments, type FileWish } from './file-options.js';
import { uploadBlob } from './file-upload.js';
import type { Invocation } from './invocation.js';
import { readFiling } from './recorded-filing.js';
import { ownerOf } from './report-writer.js';

/**
 * Writes a directory with what is to be pasted and attached, and says what to do with it.
 * @throws {UserError} wrong use, no such report, the directory exists, or Launchpad does not take it
 */
export async function runFile(parsed: FileArguments, invocation: Invocation): Promise<ExitStatus> {
  const wish = readFileWish(parsed, invocation);
  const { filing, problems } = await readFiling(wish.report, parsed, invocation);
  for (const problem of problems) tell(problem, invocation);
  const form = issueForms[wish.tracker];
  const launchpad = form === undefined ? await forLaunchpad(wish, filing, invocation) : undefined;
  const prepared = form === undefined ? launchpad?.prepared : prepareFor(form, wish, filing);
  if (prepared === undefined) throw new Error(`${wish.tracker} is no tracker`);
  const path = directoryFor(wish, filing, invocation);
  await writeNewDirectory(path, [...prepared.files, ...prepared.attachments], ownerOf(invocation));
  invocation.stdout.write(preparedText(prepared, shownPath(path, wish, invocation)));
  if (wish.upload === undefined || launchpad === undefined) return exitStatus.ok;
  return await uploadBlob({ launchpad, filing, root: wish.upload, bugs: wish.launchpad.bugs }, invocation);
}

async function forLaunchpad(wish: FileWish, filing: Filing, { now }: Invocation): Promise<PreparedLaunchpad> {
  const packed = await packAttachments(filing.attachments);
  return prepareLaunchpad(filing, packed, { bugs: wish.launchpad.bugs, now: now() });
}

/** @throws {UserError} the report is about another engine than the tracker */
function prepareFor(form: IssueForm, { report, tracker }: FileWish, filing: Filing): Prepared {
  const { engine } = filing.summary.manifest;
  if (form.engine !== undefined && engine !== undefined && form.engine !== engine) {
    const own = Object.entries(issueForms).find(([, each]) => each.engine === engine)?.[0];
    throw new UserError(`${report} is about ${engine}, and ${tracker} is the tracker of ${form.name}`, {
      hint: `Use --to criu or --to launchpad${own === undefined ? '' : `, or --to ${own}`}`,
    });
  }
  return prepareIssue(form, filing);
}

/** @throws {UserError} the name given is empty */
function directoryFor({ output, tracker }: FileWish, { summary }: Filing, { cwd, now }: Invocation): string {
  if (output === '') throw new UserError('the name of the directory is empty');
  if (output !== undefined) return resolve(cwd, output);
  const { instance, hostname = 'host' } = summary.manifest;
  return join(cwd, `${reportName(instance ?? hostname, now())}-${tracker}`);
}

/** The way the user would write it. */
function shownPath(path: string, { output }: FileWish, { cwd }: Invocation): string {
  return output ?? (path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path);
}

function tell(line: string, { stderr }: Invocation): void {
  stderr.write(`crdoctor: ${escapeText(line)}\n`);
}
