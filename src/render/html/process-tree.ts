/** The processes of a container as a tree, with what cannot be dumped marked on them. */

import type { Finding } from '../../findings/finding.js';
import type { TaskRecord } from '../../parse/task-records.js';
import { parseTasks } from '../../parse/tasks.js';
import { findingAnchor } from './findings-part.js';
import { html, nothing, type Html } from './markup.js';

/** Processes that are shown, those with a mark and their parents first. */
const maxShown = 300;
const maxDepth = 40;
const maxMarks = 10;

interface Mark {
  readonly cause: string;
  readonly severity: Finding['severity'];
  readonly message: string;
}

/** The tree in the text of `instance.tasks`, nothing without one. */
export function processTree(text: string | undefined, findings: readonly Finding[]): Html {
  const tree = text === undefined ? undefined : parseTasks(text);
  if (tree === undefined || tree.tasks.length === 0) return nothing;
  const marks = marksOf(findings);
  const byPid = new Map(tree.tasks.map((task) => [task.pid, task]));
  const chosen = choose(tree.tasks, byPid, marks);
  const marked = tree.tasks.filter(({ pid }) => marks.has(pid)).length;
  const hidden = tree.tasks.length - chosen.size;
  const roots = tree.tasks.filter(({ pid, status }) => chosen.has(pid) && !chosen.has(status?.parent ?? -1));
  const seen = new Set<number>();
  return html`<p>
      ${tree.tasks.length} processes${tree.isWhole ? '' : ', perhaps more'};
      ${marked === 0 ? 'nothing was found against any of them by itself' : `something was found in ${marked} of them`}.
    </p>
    <ul class="tree">
      ${roots.map((task) => branch(task, { tasks: tree.tasks, chosen, marks, seen }, 0))}
    </ul>
    ${hidden > 0 ? html`<p>${hidden} more are not shown: nothing was found against them by themselves.</p>` : nothing}`;
}

function marksOf(findings: readonly Finding[]): ReadonlyMap<number, readonly Mark[]> {
  const marks = new Map<number, Mark[]>();
  for (const { outcome, severity, cause, occurrences } of findings) {
    if (outcome !== 'fires' || severity === 'notice') continue;
    for (const { pid, message } of occurrences) {
      if (pid === undefined) continue;
      const known = marks.get(pid) ?? [];
      if (!known.some((mark) => mark.cause === cause && mark.message === message))
        known.push({ cause, severity, message });
      marks.set(pid, known);
    }
  }
  return marks;
}

function choose(
  tasks: readonly TaskRecord[],
  byPid: ReadonlyMap<number, TaskRecord>,
  marks: ReadonlyMap<number, readonly Mark[]>,
): ReadonlySet<number> {
  const chosen = new Set<number>();
  const add = (task: TaskRecord | undefined): void => {
    for (let next = task; next !== undefined && !chosen.has(next.pid) && chosen.size < maxShown;) {
      chosen.add(next.pid);
      next = byPid.get(next.status?.parent ?? -1);
    }
  };
  for (const task of tasks.filter(({ pid }) => marks.has(pid))) add(task);
  for (const task of tasks) add(task);
  return chosen;
}

interface Forest {
  readonly tasks: readonly TaskRecord[];
  readonly chosen: ReadonlySet<number>;
  readonly marks: ReadonlyMap<number, readonly Mark[]>;
  /** A record of somebody else may hold circles. */
  readonly seen: Set<number>;
}

function branch(task: TaskRecord, forest: Forest, depth: number): Html {
  if (forest.seen.has(task.pid) || depth > maxDepth) return nothing;
  forest.seen.add(task.pid);
  const marks = forest.marks.get(task.pid) ?? [];
  const children = forest.tasks.filter(({ pid, status }) => status?.parent === task.pid && forest.chosen.has(pid));
  const below = children.map((child) => branch(child, forest, depth + 1));
  return html`<li>
    ${label(task, marks)}${marks.length === 0 ? nothing : markList(marks)}${
      below.length === 0
        ? nothing
        : html`<ul>
            ${below}
          </ul>`
    }
  </li> `;
}

function label({ pid, status, threads }: TaskRecord, marks: readonly Mark[]): Html {
  const inner = status?.pidsInward?.at(-1);
  const worst = marks.some(({ severity }) => severity === 'blocker') ? 'bad' : marks.length > 0 ? 'risk' : '';
  const state = status?.state === undefined || 'SRI'.includes(status.state) ? '' : `, state ${status.state}`;
  const more = threads.length > 0 && (status?.threads ?? 1) > 1 ? `, ${status?.threads ?? 1} threads` : '';
  return html`<span class="task ${worst}"
    ><code><bdi>${status?.name ?? 'a task'}</bdi></code>
    <span
      >${inner === undefined || inner === pid ? `pid ${pid}` : `pid ${inner}, ${pid} on the host`}${state}${more}</span
    >${worst === '' ? nothing : html` <strong>${worst === 'bad' ? 'cannot be checkpointed' : 'at risk'}</strong>`}</span
  >`;
}

function markList(marks: readonly Mark[]): Html {
  const more = marks.length - maxMarks;
  return html`<ul class="why">
    ${marks
      .slice(0, maxMarks)
      .map(
        ({ cause, message }) => html`<li><a href="#${findingAnchor(cause)}">${cause}</a>: <bdi>${message}</bdi></li>`,
      )}${more > 0 ? html`<li>and ${more} more</li>` : nothing}
  </ul>`;
}
