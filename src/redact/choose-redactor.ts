/** Which redactor a piece of evidence gets, by its id and by where it came from. */

import type { Evidence } from '../source/source.js';
import { redactCommandWords } from './command-words.js';
import type { Decide } from './decide.js';
import { inTurn, type Redactor } from './edits.js';
import { decideDocument, decideOperation, decideServer } from './engine-documents.js';
import { redactFileBlocks } from './file-blocks.js';
import { findFreeText } from './free-text.js';
import { redactJson } from './json-text.js';
import { redactLxcOptions } from './lxc-options.js';
import { redactKernelArguments, redactMounts, redactTaskMounts } from './mount-options.js';
import { findPemBlocks } from './pem-blocks.js';
import { redactCommandLine, redactEnvironment, redactProcessTable } from './processes.js';
import { redactYaml } from './yaml-text.js';

interface Candidate {
  /** Of the id. */
  readonly id?: RegExp;
  /** Of the path that was read or of the command that was run. */
  readonly origin?: RegExp;
  readonly redactor: Redactor;
  /** An answer of an API, JSON or YAML. */
  readonly isDocument?: boolean;
}

export interface Choice {
  readonly redactor: Redactor;
  /** All of it was looked at, so that the pass over free text has nothing left to do. */
  readonly isWhole: boolean;
}

/**
 * An answer in whichever of its two forms it came. What stays of it is searched value by value, because a
 * search over the whole could take the end of a text in quotes with it.
 */
function redactDocument(decide: Decide): Redactor {
  const decideAll: Decide = (path) => {
    // What was taken out of a key is no part of its name.
    const decision = decide(path.map((key) => key.replaceAll(/\[redacted:[a-z-]+\]/g, '')));
    if (typeof decision === 'string') return decision;
    return inTurn([...(decision === undefined ? [] : [decision]), findPemBlocks, findFreeText]);
  };
  return (text) =>
    isJson(text) ? redactJson(text, decideAll, findFreeText) : redactYaml(text, decideAll, findFreeText);
}

function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** Not where a log follows (`lxc info --show-log`), and not in a message or a table. */
function isYaml(text: string): boolean {
  return /^\s*(?:-|(?!Error)[\w."'-]+:)(?:\s|$)/.test(text) && !/^Log:\s*$/m.test(text);
}

/** Files that are recognised by their path alone, also inside of evidence made of several. */
const fileCandidates: readonly Candidate[] = [
  { origin: /^\/proc\/(?:self|\d+)\/environ$/, redactor: redactEnvironment },
  { origin: /^\/proc\/(?:self|\d+)\/cmdline$/, redactor: redactCommandLine },
  { origin: /^\/proc\/cmdline$/, redactor: redactKernelArguments },
  { origin: /^\/(?:.*\/)?(?:mountinfo|mounts|mtab|fstab)$/, redactor: redactMounts },
  { origin: /^\/(?:.*\/)?lxc\.conf(?:\.old)?$|^\/var\/lib\/lxc\/[^/]+\/config$/, redactor: redactLxcOptions },
];

/** The first that fits. */
const candidates: readonly Candidate[] = [
  { id: /^action\.(?:command|argv)/, redactor: redactCommandWords },
  { id: /^action\./, redactor: redactDocument(decideDocument), isDocument: true },
  { id: /(?:^|\.)lxc\.conf(?:\.old)?$/, redactor: redactLxcOptions },
  { id: /(?:^|\.)(?:mountinfo|mounts|findmnt|fstab)(?:\.|$)/, redactor: redactMounts },
  { id: /\.tasks$/, redactor: redactTaskMounts },
  { id: /(?:^|\.)environ(?:ment)?(?:\.|$)/, redactor: redactEnvironment },
  { id: /^(?:proc|kernel|host)\.(?:kernel\.)?cmdline$/, redactor: redactKernelArguments },
  { id: /(?:^|\.)cmdline(?:\.|$)/, redactor: redactCommandLine },
  { id: /(?:^|\.)(?:ps|processes)(?:\.|$)/, origin: /^(?:\S*\/)?(?:ps|pstree|top) /, redactor: redactProcessTable },
  ...fileCandidates,
  { id: /^engine\.(?:server|info)$/, redactor: redactDocument(decideServer), isDocument: true },
  { id: /^engine\.(?:operation|warning)/, redactor: redactDocument(decideOperation), isDocument: true },
  { id: /^instance\.links$|\.json$/, redactor: redactDocument(() => undefined), isDocument: true },
  // Logs of an engine are free text; all else that an engine answers is a document.
  { id: /^engine\.(?!log\b|.*\.log\b|journal|daemon)/, redactor: redactDocument(decideDocument), isDocument: true },
];

/** Undefined when its structure says nothing and the pass over free text is all there is. */
export function chooseRedactor({
  id,
  origin,
  text = '',
}: Pick<Evidence, 'id' | 'origin' | 'text'>): Choice | undefined {
  if (text.startsWith('== ') && !id.endsWith('.tasks')) {
    return { redactor: (blocks) => redactFileBlocks(blocks, chooseByPath), isWhole: false };
  }
  const found = candidates.find((each) => each.id?.test(id) === true || each.origin?.test(origin) === true);
  if (found === undefined) return undefined;
  const isWhole = found.isDocument === true && (isJson(text) || (isYaml(text) && !id.startsWith('action.')));
  return { redactor: found.redactor, isWhole };
}

function chooseByPath(path: string): Redactor | undefined {
  return fileCandidates.find(({ origin }) => origin?.test(path) === true)?.redactor;
}

/** What an instance prints on its console is its own business: only that there is such a file is told. */
export function isConsole({ id, origin }: Pick<Evidence, 'id' | 'origin'>): boolean {
  return /(?:^|\.)console(?:\.log)?(?:\.|$)/.test(id) || /\/console\.log[^/]*$/.test(origin);
}

/** The build options of a kernel: thousands of names that speak of keys, and one value that may hold a secret. */
export function isKernelConfig({ id }: Pick<Evidence, 'id'>): boolean {
  return id === 'kernel.config';
}

/** Logs are cut at their beginning, all else at its end. */
export function isLog({ id }: Pick<Evidence, 'id'>): boolean {
  return /(?:^|\.)(?:log|show-log|journal|dmesg|output)(?:\.|$)/.test(id);
}
