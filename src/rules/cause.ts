/** The shape of a cause file: what a rule author may write, checked before anything runs. */

import * as v from 'valibot';

export const engineNames = ['lxd', 'incus', 'lxc', 'docker', 'podman', 'runc', 'criu'] as const;
/** Where a log line comes from; `text` is what a command printed on the terminal. */
export const logKinds = [...engineNames, 'crun', 'containerd', 'kubelet', 'kernel', 'text'] as const;
/** What may be about to be done. */
export const operations = ['snapshot', 'stop', 'move', 'restore', 'dump', 'host'] as const;
export const areas = [
  'cpu',
  'kernel',
  'criu',
  'cgroups',
  'mounts',
  'files',
  'sockets',
  'terminal',
  'process',
  'memory',
  'namespaces',
  'network',
  'security',
  'storage',
  'engine',
  'images',
] as const;

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const phase = v.picklist(['dump', 'restore', 'after']);
const severity = v.picklist(['blocker', 'risk', 'notice']);
/** Versions in which something exists, as a range per program: `{criu: '>=3.17 <4.2'}`. */
const versionRanges = v.strictObject({
  criu: v.optional(text),
  kernel: v.optional(text),
  lxd: v.optional(text),
  incus: v.optional(text),
  liblxc: v.optional(text),
});

const prediction = v.strictObject({
  phase,
  severity,
  /** A list fact; `when`, `unless` and `message` are then evaluated for each element, as `each`. */
  each: v.optional(text),
  when: text,
  unless: v.optional(text),
  engines: v.optional(v.pipe(v.array(v.picklist(engineNames)), v.nonEmpty())),
  affects: v.optional(versionRanges),
  /** In a cause of another scope: this one way compares source and target. */
  scope: v.optional(v.literal('pair')),
  message: text,
  /** Of what is compared: what each side has, in a few words. */
  sides: v.optional(v.strictObject({ source: text, target: text })),
});

const signature = v.strictObject({
  in: v.pipe(v.array(v.picklist(logKinds)), v.nonEmpty()),
  role: v.optional(v.picklist(['root', 'consequence', 'noise']), 'root'),
  /** A regular expression over the message without time stamp, pid and `Error (file:line): `. */
  line: text,
  when: v.optional(text),
  /** 0 to 1, how sure a match alone makes us. */
  confidence: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.9),
  message: v.optional(text),
});

const predictTest = v.strictObject({
  name: text,
  engine: v.optional(v.picklist(engineNames), 'lxd'),
  /** What is about to be done; left out = stop, or move for a cause of the scope pair. */
  operation: v.optional(v.picklist(operations)),
  facts: v.record(v.string(), v.unknown()),
  expect: v.picklist(['fires', 'quiet', 'unknown', 'not-applicable']),
  /** Which predictions are meant; left out = the whole cause, its worst outcome. */
  phase: v.optional(phase),
  severity: v.optional(severity),
  /** Must be part of the message. */
  message: v.optional(text),
});

const diagnoseTest = v.strictObject({
  name: text,
  in: v.picklist(logKinds),
  log: text,
  expect: v.picklist(['diagnosed', 'silent']),
  message: v.optional(text),
});

export const causeSchema = v.strictObject({
  title: text,
  why: text,
  scope: v.picklist(['host', 'instance', 'pair']),
  predict: v.optional(v.array(prediction), []),
  diagnose: v.optional(v.array(signature), []),
  /** `default` and engine names. */
  fix: v.pipe(
    v.strictObject({ default: text, ...Object.fromEntries(engineNames.map((name) => [name, v.optional(text)])) }),
    v.transform((fix): Readonly<Record<string, string>> => ({ ...fix })),
  ),
  blame: v.picklist(['configuration', 'workload', 'engine', 'criu', 'kernel', 'distribution', 'hardware']),
  /** First versions without the defect, where `affects` does not say it already. */
  fixedIn: v.optional(versionRanges),
  refs: v.optional(v.array(text), []),
  tests: v.pipe(v.array(v.union([predictTest, diagnoseTest])), v.minLength(1)),
});

/** A cause as written, defaults filled in. */
export type CauseFile = v.InferOutput<typeof causeSchema>;
/** A cause with its id (the file's name) and area (the folder's name). */
export interface Cause extends CauseFile {
  readonly id: string;
  readonly area: string;
  /** Where it was read from, for messages to rule authors. */
  readonly file: string;
}
/**
 * The build puts `reads` there: what the condition reads, checked, so that it is compiled only where it decides
 * something. Rules that a user wrote are compiled at once.
 */
export type Prediction = CauseFile['predict'][number] & { readonly reads?: readonly string[] };
export type Signature = CauseFile['diagnose'][number];
export type PredictTest = v.InferOutput<typeof predictTest>;
export type DiagnoseTest = v.InferOutput<typeof diagnoseTest>;
export type CauseTest = CauseFile['tests'][number];
export type Phase = Prediction['phase'];
export type Severity = Prediction['severity'];
export type EngineName = (typeof engineNames)[number];
/** What the user is about to do; `dump` of a bare process tree, `host` when no instance was named. */
export type Operation = (typeof operations)[number];
export type LogKind = (typeof logKinds)[number];

/** Tells the two kinds of tests in a cause file apart: one has facts, the other a log. */
export function isDiagnoseTest(test: CauseTest): test is DiagnoseTest {
  return 'log' in test;
}
