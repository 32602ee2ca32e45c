/** Says what a command that takes long is doing, and what can be done about it. */

/** What there is to say. All texts are untrusted. */
export interface GuardWork {
  readonly kind: 'stop' | 'start' | 'snapshot' | 'restore' | 'move';
  readonly seconds: number;
  /** Pid of the command; undefined = it is not known. */
  readonly pid: number | undefined;
  readonly hasCopy: boolean;
  readonly criu: readonly { readonly pid: number; readonly task: string }[];
  readonly log?: { readonly path: string; readonly silentS: number; readonly lastLines: readonly string[] };
}

/** A log that has been silent for this long makes it likely that CRIU hangs. */
const silentS = 30;

/** Lines for the user, not yet escaped. */
export function describeWork(work: GuardWork): readonly string[] {
  const { seconds, pid, criu, log } = work;
  return [
    `the command has run for ${seconds} seconds${pid === undefined ? '' : ` (pid ${pid})`}; it is left alone`,
    criu.length === 0
      ? 'no CRIU works on this container now: the engine itself is at it'
      : `at work: ${criu.map((each) => `criu ${each.task} (pid ${each.pid})`).join(', ')}`,
    ...(log === undefined
      ? []
      : [
          `${log.path} ${log.silentS < silentS ? 'grows' : `has not grown for ${log.silentS} seconds`} and ends with:`,
          ...log.lastLines.map((line) => `  ${line}`),
        ]),
    ...(criu.length === 0 ? [] : adviceOf(work)),
  ];
}

function adviceOf({ kind, criu, log, hasCopy }: GuardWork): readonly string[] {
  const [first] = criu.toSorted((left, right) => left.pid - right.pid);
  if (first === undefined) return [];
  const isSilent = log !== undefined && log.silentS >= silentS;
  const isRestore = first.task === 'restore';
  const after = isRestore
    ? `the restore fails then, and ${kind === 'start' && hasCopy ? 'guard has a copy of the state' : 'what it restores from stays'}`
    : 'the dump fails then and the processes run on; --recover clean unlocks their network';
  const when = isSilent ? 'It may hang for ever' : 'If it hangs';
  return [`${when}: kill ${first.pid} ends that CRIU alone; ${after}. Guard goes on from there`];
}
