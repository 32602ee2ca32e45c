/** `crdoctor redact`: writes a report that exists already anew, with everything taken out that is found today. */

import { basename } from 'node:path';

import type { ReportWriter } from '../archive/write.js';
import { exitStatus, UserError, type ExitStatus } from '../errors.js';
import { escapeText } from '../render/escape.js';
import { createRedaction } from '../redact/redaction.js';
import { renderRedactionListing } from '../render/redaction-listing.js';
import type { Redact } from '../report/assembler.js';
import { namesPath, refuseTakenNames } from '../report/names-file.js';
import { outputPath, reportName } from '../report/output-file.js';
import { rewriteReport, type Rewritten } from '../report/rewrite.js';
import { showRedactions, type ShownRedactions } from '../report/shown-redactions.js';
import { openBundle, type Bundle } from '../source/bundle.js';
import type { Invocation } from './invocation.js';
import { finishWithNames } from './kept-names.js';
import { asWritten } from './prepared-argv.js';
import type { RedactArguments } from './redact-options.js';
import { openReportWriter } from './report-writer.js';

/**
 * Writes the new report and prints its path; the old one stays as it is. Status 0 also when nothing was found.
 * @throws {UserError} wrong use, it is no report, the file exists or cannot be written
 */
export async function runRedact(parsed: RedactArguments, invocation: Invocation): Promise<ExitStatus> {
  const { show = false, anonymize = false, output } = parsed;
  if (show && output !== undefined) throw new UserError('--show writes no file; -o does not go with it');
  const given = asWritten(parsed.report);
  const bundle = await openBundle(given);
  const { hostname, instance } = bundle.manifest;
  const redaction = createRedaction({ anonymize, ...(hostname !== undefined && { hostname }) });
  const path = outputPath({
    cwd: invocation.cwd,
    given: output ?? redactedName(given),
    subject: instance ?? '',
    now: invocation.now(),
  });
  if (anonymize && !show) refuseTakenNames(namesPath(path));
  const createdAt = timeOf(bundle);
  const topFolder = reportName(instance ?? redaction.nameOfHost(hostname ?? ''), createdAt);
  const writer = show ? noWriter : await openReportWriter(path, topFolder, createdAt, invocation);
  const shown: ShownRedactions[] = [];
  const redact: Redact = (evidence) => {
    const redacted = redaction.redact(evidence);
    const lines = show ? showRedactions(redacted.evidence, redacted.entries) : undefined;
    if (lines !== undefined) shown.push(lines);
    return redacted;
  };
  let rewritten: Rewritten;
  let names: string | undefined;
  try {
    rewritten = await rewriteReport({ bundle, writer, redaction, redact });
    if (anonymize && !show) names = await finishWithNames(writer, path, redaction, invocation);
    else await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  tellOutcome(bundle, rewritten, names, invocation);
  invocation.stdout.write(show ? renderRedactionListing(shown) : `${escapeText(output ?? redactedName(given))}\n`);
  return exitStatus.ok;
}

const noWriter: ReportWriter = {
  add: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

/** In the directory where one is, `x.tar.gz` becomes `x-redacted.tar.gz`. */
function redactedName(given: string): string {
  const name = basename(given).replace(/\.(?:tar(?:\.\w+)?|tgz|zip)$/, '');
  return `${name === '' || /^\.+$/.test(name) ? 'report' : name}-redacted.tar.gz`;
}

function timeOf({ manifest, where }: Bundle): Date {
  const time = new Date(manifest.createdAt);
  if (Number.isNaN(time.getTime())) throw new UserError(`${where}: its manifest.json is wrong: createdAt is no time`);
  return time;
}

function tellOutcome(
  bundle: Bundle,
  { added, leftOut }: Rewritten,
  names: string | undefined,
  { stderr }: Invocation,
): void {
  const tell = (line: string): void => stderr.write(`crdoctor: ${escapeText(line)}\n`);
  for (const problem of bundle.problems()) tell(problem);
  const [first] = leftOut;
  if (first !== undefined) tell(`left out: ${leftOut.length} files that the manifest does not list, such as ${first}`);
  const count = added.reduce((sum, each) => sum + each.count, 0);
  tell(count === 0 ? 'nothing more was found' : `${count} things were taken out`);
  if (names !== undefined) tell(`who is behind the stand-ins stands in ${names}; keep it to yourself`);
}
