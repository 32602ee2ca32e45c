/** Walks the tree of a parsed expression: which facts it reads, and which parts could be damaged to test its tests. */

/** A part of an expression by its offsets, for mutation and messages. */
export interface Part {
  readonly kind: 'and' | 'or' | 'bound' | 'version';
  readonly start: number;
  readonly end: number;
  /** Operands of `&&` and `||`, as offsets. */
  readonly operands: readonly { readonly start: number; readonly end: number }[];
}

/** A node of the tree, as far as it is looked at; offsets are those in the text of the expression. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** `host.kernel.release` for a chain of selections that starts at a name, else undefined. */
export function pathOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'id') return String(node.args);
  if (node.op === '.' && Array.isArray(node.args)) {
    const base = pathOf(node.args[0]);
    return base === undefined ? undefined : `${base}.${String(node.args[1])}`;
  }
  if (node.op === '[]' && Array.isArray(node.args)) return pathOf(node.args[0]);
  return undefined;
}

const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);
const iterations = new Set(['exists', 'exists_one', 'all', 'filter', 'map']);
const versionMethods = new Set(['before', 'atLeast']);

/** What an expression tells about itself. */
export interface Anatomy {
  /** Fact paths it reads, as far as they are written out: `host.kernel.release`, `each.type`. */
  readonly reads: readonly string[];
  readonly parts: readonly Part[];
  /** Literal patterns given to `matches`. */
  readonly patterns: readonly string[];
  /** How deep `exists`, `all`, `filter` and `map` stand inside each other. */
  readonly nesting: number;
}

interface Found {
  readonly text: string;
  nesting: number;
  readonly reads: Set<string>;
  readonly parts: Part[];
  readonly patterns: string[];
}

/** Looks through the tree of an expression; `text` is what it was parsed from. */
export function dissect(root: unknown, text: string): Anatomy {
  const found: Found = { text, nesting: 0, reads: new Set(), parts: [], patterns: [] };
  visit(root, found, 0);
  return { reads: [...found.reads], parts: found.parts, patterns: found.patterns, nesting: found.nesting };
}

function visit(node: unknown, found: Found, depth: number): void {
  found.nesting = Math.max(found.nesting, depth);
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found, depth);
    return;
  }
  if (!isNode(node)) return;
  const path = pathOf(node);
  if (path !== undefined) {
    found.reads.add(path);
    return;
  }
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (node.op === '&&' || node.op === '||') {
    const operands = args.filter(isNode).map((operand) => spanOf(operand, found.text));
    found.parts.push({ ...spanOf(node, found.text), kind: node.op === '&&' ? 'and' : 'or', operands });
  } else if (comparisons.has(node.op)) {
    for (const arg of args) {
      if (isNumber(arg)) found.parts.push({ ...spanOf(arg, found.text), kind: 'bound', operands: [] });
    }
  } else if (node.op === 'rcall') {
    visitCall(args, found);
  }
  visit(args, found, isIteration(node) ? depth + 1 : depth);
}

function isIteration({ op, args }: Node): boolean {
  return op === 'rcall' && Array.isArray(args) && iterations.has(String(args[0]));
}

function visitCall([name, , given]: readonly unknown[], found: Found): void {
  const first: unknown = Array.isArray(given) ? given[0] : undefined;
  if (!isNode(first) || first.op !== 'value' || typeof first.args !== 'string') return;
  if (versionMethods.has(String(name)))
    found.parts.push({ ...spanOf(first, found.text), kind: 'version', operands: [] });
  if (name === 'matches') found.patterns.push(first.args);
}

/** The parser leaves out a parenthesis that ends an operand, as in `!(a)`; what was opened is closed here. */
function spanOf({ start, end }: Node, text: string): { readonly start: number; readonly end: number } {
  let closed = end;
  while (openParentheses(text.slice(start, closed)) > 0 && closed < text.length) closed += 1;
  return { start, end: closed };
}

function openParentheses(text: string): number {
  const bare = text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '');
  return bare.split('(').length - bare.split(')').length;
}

function isNumber(value: unknown): value is Node {
  return isNode(value) && value.op === 'value' && (typeof value.args === 'bigint' || typeof value.args === 'number');
}
