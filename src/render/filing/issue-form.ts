/** What a tracker asks for, as data: the fields of its form in their order, and how each one is filled. */

import type { EvidenceId } from '../../source/source.js';
import type { HostFactName } from './host-facts.js';

/** A way to fill a field. What a report cannot know is left as a blank for the user. */
export type Fill =
  /** Boxes that only the user can tick. */
  | { readonly kind: 'confirm'; readonly options: readonly string[] }
  /** Boxes about attachments, ticked where one of the artifacts is attached. */
  | { readonly kind: 'attached'; readonly options: readonly AttachedOption[] }
  /** Lines in which `{name}` stands for a fact about the host; one block a host when there are two. */
  | { readonly kind: 'facts'; readonly lines: readonly string[] }
  /** Text of the first of these artifacts that there is; `ask` says what to paste when there is none. */
  | { readonly kind: 'evidence'; readonly ids: readonly EvidenceId[]; readonly ask: string; readonly isWhole?: true }
  /** Logs of CRIU about the failure. */
  | { readonly kind: 'logs'; readonly ask: string }
  /** The command, what it displayed, and the lines of the logs that tell why. `opinion`: what crdoctor makes of it. */
  | { readonly kind: 'failure'; readonly opinion?: true }
  /** One sentence about what failed where, and a blank for the rest. */
  | { readonly kind: 'outline'; readonly question: string }
  | { readonly kind: 'steps' }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'choose'; readonly options: readonly string[]; readonly question: string };

export interface AttachedOption {
  readonly label: string;
  /** Left out: a report never holds it. */
  readonly ids?: readonly EvidenceId[];
}

export interface FormField {
  /** Of the form, which is also its query parameter; undefined where the form gives it none. */
  readonly id?: string;
  /** As the form writes it. */
  readonly label: string;
  readonly isRequired: boolean;
  /** Language of the code block that GitHub makes of the answer. */
  readonly render?: 'bash' | 'shell' | 'yaml';
  /** How a Markdown template writes the label: bold, or as a part that unfolds. A form has headings. */
  readonly layout?: 'bold' | 'details';
  readonly fill: Fill;
}

/** An issue form, or an issue template, of a repository on GitHub. */
export interface IssueForm {
  /** As people call the project. */
  readonly name: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** Engine whose failures belong there; undefined = of any engine. */
  readonly engine?: string;
  /** File below `.github/ISSUE_TEMPLATE/` that the address names; undefined = the repository has one template alone. */
  readonly template?: string;
  /** Where the fields were read: the file, its last commit, and the day of that (ISO 8601). */
  readonly readFrom: { readonly path: string; readonly commit: string; readonly date: string };
  /** What the form puts in front of titles. */
  readonly titlePrefix?: string;
  /** Labels that the form sets by itself. */
  readonly tags: readonly string[];
  readonly fields: readonly FormField[];
  /** Artifacts that the form asks not to send; they are not attached. */
  readonly withholds?: readonly EvidenceId[];
  /** What to know before it is sent, a sentence each. */
  readonly notes: readonly string[];
}

/** Names of facts that the lines of a `facts` field use. */
export function factNamesIn(line: string): readonly string[] {
  return [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** The words in which a blank asks for a fact. */
export const factWords: Readonly<Record<HostFactName, string>> = {
  distribution: 'the Linux distribution',
  distributionVersion: 'the version of the distribution',
  codename: 'the code name of the distribution',
  kernel: 'the version of the kernel',
  machine: 'the hardware, as of uname -m',
  uname: 'the output of uname -a',
  liblxc: 'the version of LXC',
  engineVersion: 'the version of the engine',
  storage: 'the storage backend',
  criu: 'the version of CRIU',
  criuPackage: 'the version of the package of CRIU',
};
