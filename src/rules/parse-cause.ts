/** From the text of a cause file to a cause, with every complaint at its line and column. */

import * as v from 'valibot';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

import { causeSchema, type Cause } from './cause.js';

/** A complaint about a rule file. `line` and `column` are 1-based. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A rule file's text as checked data, or what is wrong with it; and where each of its parts stands. */
export interface ParsedRule<Value> {
  readonly value: Value | undefined;
  readonly problems: readonly RuleProblem[];
  /** Position of the part at this path: `['predict', 0, 'when']`; of its nearest parent when it has none. */
  readonly locate: (path: readonly (string | number)[]) => { readonly line: number; readonly column: number };
}

/** Parses YAML strictly (warnings count as errors) and checks it against a schema. */
export function parseRule<Schema extends v.GenericSchema>(
  text: string,
  file: string,
  schema: Schema,
): ParsedRule<v.InferOutput<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const at = (offset: number): { line: number; column: number } => {
    const position = lines.linePos(offset);
    return { line: Math.max(1, position.line), column: Math.max(1, position.col) };
  };
  const locate = (path: readonly (string | number)[]): { line: number; column: number } => at(offsetOf(document, path));
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    const problems = complaints.map((error) => ({ file, ...at(error.pos[0]), message: error.message }));
    return { value: undefined, problems, locate };
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { value: undefined, problems: [{ file, line: 1, column: 1, message: messageOf(error) }], locate };
  }
  const result = v.safeParse(schema, data);
  if (result.success) return { value: result.output, problems: [], locate };
  const problems = result.issues.flatMap(leafIssues).map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
    return { file, ...locate(path), message: `${path.join('.') || 'the file'}: ${issue.message}` };
  });
  return { value: undefined, problems, locate };
}

/** A union reports one issue with the issues of each option inside; the option that came furthest helps most. */
function leafIssues(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  if (issue.issues === undefined) return [issue];
  const inner = issue.issues as readonly v.BaseIssue<unknown>[];
  const depth = Math.max(...inner.map((each) => each.path?.length ?? 0));
  const deepest = inner.filter((each) => (each.path?.length ?? 0) === depth);
  return deepest.slice(0, 3).flatMap(leafIssues);
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** Parses a cause file; its name is the id, its folder the area. */
export function parseCause(
  text: string,
  place: { readonly file: string; readonly id: string; readonly area: string },
): ParsedRule<Cause> {
  const parsed = parseRule(text, place.file, causeSchema);
  return { ...parsed, value: parsed.value === undefined ? undefined : { ...parsed.value, ...place } };
}
