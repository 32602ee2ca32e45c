/** Turns what CRIU says of itself into facts. */

import { parseCriuCheck } from '../parse/criu-check.js';
import { parseCriuConfig } from '../parse/criu-config.js';
import { parseCriuVersion } from '../parse/criu-version.js';
import type { Evidence } from '../source/source.js';
import type { EvidenceReader } from './evidence-reader.js';
import type { HostFacts } from './schema.js';

type CriuFacts = NonNullable<HostFacts['criu']>;

export interface CriuCircumstances {
  readonly isInstalled: boolean | undefined;
  /** Whether crdoctor, and so the check, ran as root; the engine's daemon always does. */
  readonly isRoot: boolean | undefined;
}

export function deriveCriu(reader: EvidenceReader, { isInstalled, isRoot }: CriuCircumstances): CriuFacts {
  return {
    installed: isInstalled,
    version: reader.read('criu.version', parseCriuVersion),
    ...deriveCheck(reader, isRoot),
    configOptions: reader.read('criu.config', parseCriuConfig, { whenAbsent: [] }),
  };
}

/** Decided by the text: the exit status of `--all` is 1 when something merely optional is missing. */
function deriveCheck(
  reader: EvidenceReader,
  isRoot: boolean | undefined,
): Pick<CriuFacts, 'works' | 'problems' | 'missingFeatures'> {
  const answer = reader.find('criu.check');
  if (answer === undefined) return {};
  const unread = (reason: string): object => {
    reader.miss('criu.check', reason);
    reader.miss('criu.check.all', reason);
    return {};
  };
  if (hasNotRun(answer)) return unread(`${answer.origin}: failed (${answer.reason ?? 'it was not run'})`);
  if (answer.status !== 'ok' && answer.status !== 'failed')
    return unread(`${answer.origin}: ${answer.reason ?? answer.status}`);
  const { verdict, messages } = parseCriuCheck(`${answer.text ?? ''}\n${answer.stderr ?? ''}`);
  // A plain "Looks good." ends with 0 in every release; whatever says the one and does the other is not CRIU alone.
  if (verdict === 'good' && answer.status === 'failed') {
    return unread(`${answer.origin} says "Looks good.", but: ${answer.reason ?? 'it failed'}`);
  }
  if (verdict === 'good' || verdict === 'partial') {
    return { works: true, problems: [], missingFeatures: verdict === 'partial' ? messages : [] };
  }
  if (isRoot === false) return unread('criu check needs root');
  // A snap's CRIU started from outside may miss libraries that its daemon has.
  if (answer.origin.startsWith('env ') && messages.some((message) => message.includes('shared libraries'))) {
    return unread("the snap's criu cannot be run from outside of the snap");
  }
  reader.miss('criu.check.all', 'criu check ended at something that is needed, before it looked for the rest');
  return { works: false, problems: explainEnd(answer, messages) };
}

/** A lost connection or a host out of reach says nothing about CRIU; a program that ran has a status or a signal. */
function hasNotRun({ status, text, stderr, reason, exitStatus }: Evidence): boolean {
  if (status !== 'failed' || exitStatus !== undefined || reason?.startsWith('ended by ') === true) return false;
  return [text, stderr].every((each) => each === undefined || each.trim() === '');
}

/** What it complained about; how it ended, too, where that is all there is or says more (a signal). */
function explainEnd({ status, reason, exitStatus }: Evidence, messages: readonly string[]): readonly string[] {
  const end = reason ?? (status === 'ok' ? 'exit status 0' : `exit status ${String(exitStatus ?? 'unknown')}`);
  if (messages.length === 0) return [`${end}, without a word`];
  return exitStatus === undefined && reason !== undefined ? [...messages, reason] : messages;
}
