/** Turns the text about the processes of an instance into facts, and notes which of their lists have gaps. */

import { parseMemoryStat } from '../parse/meminfo.js';
import type { TaskTree } from '../parse/tasks.js';
import { parseSeenSockets } from '../parse/unix-sockets.js';
import { deriveDescriptors, knowsAllMounts } from './derive-descriptors.js';
import { deriveHugePages } from './derive-huge-pages.js';
import { deriveMappings } from './derive-mappings.js';
import { deriveScale } from './derive-scale.js';
import { deriveSockets } from './derive-sockets.js';
import { deriveSharing, deriveTasks, deriveThreads, findOwnNamespaces, isIncompleteTree } from './derive-tasks.js';
import type { EvidenceReader } from './evidence-reader.js';
import { viewProcesses, type ProcessView, type ViewedMounts } from './process-view.js';
import type { InstanceFacts } from './schema.js';

type ProcessFacts = Pick<
  InstanceFacts,
  | 'tasks'
  | 'threads'
  | 'sharing'
  | 'ownNamespaces'
  | 'root'
  | 'attached'
  | 'sockets'
  | 'descriptors'
  | 'mappings'
  | 'hugePages'
  | 'multicastGroups'
  | 'memory'
>;

export function deriveProcesses(
  reader: EvidenceReader,
  tree: TaskTree | undefined,
  mounts: ViewedMounts,
): ProcessFacts {
  const seen = reader.read('instance.sockets', parseSeenSockets);
  // Without a group of its own that can be found, the tasks tell as well.
  const charged = reader.read('instance.memory', parseMemoryStat);
  if (tree === undefined) return { memory: { usedBytes: charged } };
  const view = viewProcesses(tree, mounts);
  const sockets = deriveSockets(view, seen);
  markGaps(reader, view, sockets.hasUnknown);
  const scale = deriveScale(view, mounts);
  return {
    tasks: deriveTasks(view),
    threads: deriveThreads(view),
    sharing: deriveSharing(view),
    ownNamespaces: findOwnNamespaces(view),
    root: deriveRoot(view),
    attached: tree.attached,
    sockets: sockets.facts,
    descriptors: deriveDescriptors(view),
    mappings: deriveMappings(view),
    hugePages: deriveHugePages(view),
    multicastGroups: findMulticastGroups(view),
    memory: {
      usedBytes: charged ?? sumOf(scale.privateBytes, scale.sharedBytes),
      ...scale,
    },
  };
}

function sumOf(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}

function deriveRoot({ tasks: [root] }: ProcessView): InstanceFacts['root'] {
  if (root === undefined) return {};
  const { pid, status, stat } = root;
  return {
    pid,
    isNamespaceInit: status?.pidsInward && status.pidsInward.at(-1) === 1,
    isSessionLeader: stat && stat.session === pid,
    hasOwnRoot: root.root === undefined ? undefined : root.root !== '/',
    hasTerminal: stat && stat.terminal !== undefined,
  };
}

function findMulticastGroups({ tree, tasks }: ProcessView): readonly string[] | undefined {
  const link = tasks[0]?.namespaces['net'];
  return tree.networks.find((network) => network.link === link)?.multicastGroups;
}

const descriptorLists: readonly string[] = [
  'anonymous',
  'watches',
  'devices',
  'terminals',
  'pipes',
  'namespaces',
  'foreign',
  'covered',
  'onMounts',
  'pathOnly',
  'deleted',
  'replaced',
  'locks',
].map((name) => `instance.descriptors.${name}`);
const socketLists: readonly string[] = ['inet', 'unix', 'netlink', 'packet', 'other', 'foreign'].map(
  (name) => `instance.sockets.${name}`,
);

/** No hit in a list with gaps is no answer. */
function markGaps(reader: EvidenceReader, view: ProcessView, hasUnknownSocket: boolean): void {
  const reasons: string[] = [];
  const mark = (isGap: boolean, reason: string, lists: readonly string[]): void => {
    if (!isGap) return;
    reasons.push(reason);
    for (const list of lists) reader.markIncomplete(list);
  };
  const { tasks, tree } = view;
  const isMissing = (part: string): boolean => !tree.isWhole || tasks.some(({ missing }) => missing.has(part));
  mark(isIncompleteTree(tasks, tree.isWhole), 'not everything about its processes could be read', [
    'instance.tasks',
    'instance.threads',
  ]);
  mark(!view.hasAllDescriptors, 'what some of its processes have open could not be read', [
    ...descriptorLists,
    ...socketLists,
    'instance.hugePages',
  ]);
  mark(isMissing('maps'), 'the memory of some of its processes could not be looked at', [
    'instance.mappings',
    'instance.hugePages',
    'instance.descriptors.deleted',
  ]);
  mark(!knowsAllMounts(view), 'the mounts of some of its processes could not be read', [
    'instance.descriptors.foreign',
    'instance.descriptors.covered',
    'instance.descriptors.onMounts',
  ]);
  mark(
    hasUnknownSocket && tree.socketNames === undefined,
    'neither perl nor getfattr is there to ask what some of its sockets are',
    socketLists,
  );
  mark(
    tree.networks.some(({ missing }) => missing.size > 0),
    'not all tables of sockets could be read',
    socketLists,
  );
  mark(tree.attached === undefined, 'not all processes of the host could be looked at', []);
  if (reasons.length > 0) reader.miss('instance.tasks', reasons.join('; '));
}
