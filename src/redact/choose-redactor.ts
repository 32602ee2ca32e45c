/** Which redactor a piece of evidence gets, by its id and by where it came from. */

import type { Evidence } from '../source/source.js';
import { redactCommandWords } from './command-words.js';
import { decideContainer } from './container-documents.js';
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

/** What is looked for besides: copies of secrets, names and addresses. */
export interface Search {
  /** Each on what the one before it left. */
  readonly inText: readonly Redactor[];
  /** For the whole value of a field of a document; undefined = nothing. */
  readonly inField: (field: string) => Redactor | undefined;
}

export const noSearch: Search = { inText: [], inField: () => undefined };

/** Makes a redactor that looks for more on its way. */
type Form = (search: Search) => Redactor;

interface Candidate {
  /** Of the id. */
  readonly id?: RegExp;
  /** Of the path that was read or of the command that was run. */
  readonly origin?: RegExp;
  readonly form: Form;
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
function redactDocument(decide: Decide, isProse: (field: string) => boolean = () => false): Form {
  return ({ inText, inField }) => {
    const decideAll: Decide = (path) => {
      // What was taken out of a key is no part of its name.
      const decision = decide(path.map((key) => key.replaceAll(/\[redacted:[a-z-]+\]/g, '')));
      if (typeof decision === 'string') return decision;
      if (isProse(path.at(-1) ?? '')) return inTurn(inText);
      const own = [decision, inField(path.at(-1) ?? '')].filter((each) => each !== undefined);
      return inTurn([...own, findPemBlocks, findFreeText, ...inText]);
    };
    const inKey = inText.length === 0 ? findFreeText : inTurn([findFreeText, ...inText]);
    return (text) => (isJson(text) ? redactJson(text, decideAll, inKey) : redactYaml(text, decideAll, inKey));
  };
}

/** Fields of findings that hold what rules say: commands with example values, and no evidence. */
function isKnowledge(field: string): boolean {
  return /^(?:fix|title|refs|why)$/.test(field);
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
  { origin: /^\/proc\/(?:self|\d+)\/environ$/, form: () => redactEnvironment },
  { origin: /^\/proc\/(?:self|\d+)\/cmdline$/, form: () => redactCommandLine },
  { origin: /^\/proc\/cmdline$/, form: () => redactKernelArguments },
  { origin: /^\/(?:.*\/)?(?:mountinfo|mounts|mtab|fstab)$/, form: () => redactMounts },
  { origin: /^\/(?:.*\/)?lxc\.conf(?:\.old)?$|^\/var\/lib\/lxc\/[^/]+\/config$/, form: () => redactLxcOptions },
];

/** The first that fits. */
const candidates: readonly Candidate[] = [
  { id: /^action\.(?:command|argv)/, form: () => redactCommandWords },
  { id: /^action\./, form: redactDocument(decideDocument), isDocument: true },
  { id: /(?:^|\.)lxc\.conf(?:\.old)?$/, form: () => redactLxcOptions },
  { id: /(?:^|\.)(?:mountinfo|mounts|findmnt|fstab)(?:\.|$)/, form: () => redactMounts },
  { id: /\.tasks$/, form: () => redactTaskMounts },
  { id: /(?:^|\.)environ(?:ment)?(?:\.|$)/, form: () => redactEnvironment },
  { id: /^(?:proc|kernel|host)\.(?:kernel\.)?cmdline$/, form: () => redactKernelArguments },
  { id: /(?:^|\.)cmdline(?:\.|$)/, form: () => redactCommandLine },
  { id: /(?:^|\.)(?:ps|processes)(?:\.|$)/, origin: /^(?:\S*\/)?(?:ps|pstree|top) /, form: () => redactProcessTable },
  ...fileCandidates,
  { id: /^engine\.(?:server|info)$/, form: redactDocument(decideServer), isDocument: true },
  { id: /^engine\.(?:operation|warning)/, form: redactDocument(decideOperation), isDocument: true },
  {
    id: /^(?:container|image|pod|compose|docker|podman|oci)\./,
    form: redactDocument(decideDocument),
    isDocument: true,
  },
  {
    origin: /^\/(?:.*\/)?(?:config\.dump|spec\.dump|config\.v2\.json|config\.json|(?:docker-)?compose\.ya?ml)$/,
    form: redactDocument(decideDocument),
    isDocument: true,
  },
  { id: /^findings\.json$/, form: redactDocument(() => undefined, isKnowledge), isDocument: true },
  { id: /^instance\.links$/, form: redactDocument(() => undefined), isDocument: true },
  { id: /\.json$/, form: redactDocument(decideContainer), isDocument: true },
  // Logs of an engine are free text; all else that an engine answers is a document.
  { id: /^engine\.(?!log\b|.*\.log\b|journal|daemon)/, form: redactDocument(decideDocument), isDocument: true },
];

/** Undefined when its structure says nothing and the pass over free text is all there is. */
export function chooseRedactor(
  { id, origin, text = '' }: Pick<Evidence, 'id' | 'origin' | 'text'>,
  search: Search = noSearch,
): Choice | undefined {
  if (text.startsWith('== ') && !id.endsWith('.tasks')) {
    return { redactor: (blocks) => redactFileBlocks(blocks, chooseByPath), isWhole: false };
  }
  const found = candidates.find((each) => each.id?.test(id) === true || each.origin?.test(origin) === true);
  if (found === undefined) return undefined;
  const isWhole = found.isDocument === true && (isJson(text) || (isYaml(text) && !id.startsWith('action.')));
  return { redactor: found.form(search), isWhole };
}

function chooseByPath(path: string): Redactor | undefined {
  return fileCandidates.find(({ origin }) => origin?.test(path) === true)?.form(noSearch);
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
