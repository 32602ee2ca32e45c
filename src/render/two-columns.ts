/** Sets what two hosts have side by side. */

import type { Finding, SideValue } from '../findings/finding.js';
import { escapeText } from './escape.js';
import { padTo, wrap } from './wrap.js';

/** Narrower than this, one stands below the other. */
const narrowest = 60;
const indent = '    ';
const divider = ' | ';

/** What source and target have, of each thing in which they were compared, each once; no lines where nothing was. */
export function twoColumns({ occurrences }: Finding, columns: number): readonly string[] {
  const pairs = new Map(occurrences.flatMap(({ values }) => (values === undefined ? [] : [[keyOf(values), values]])));
  if (pairs.size === 0) return [];
  const rows = [...pairs.values()].map((values) => values.map(({ text }) => escapeText(text)));
  if (columns < narrowest) {
    return rows.flatMap((row) =>
      row.flatMap((text, index) =>
        wrap(`${index === 0 ? 'source' : 'target'}: ${text}`, columns, indent, `${indent}  `),
      ),
    );
  }
  const width = Math.floor((columns - indent.length - divider.length) / 2);
  return [['source', 'target'], ...rows].flatMap((row) => joinRow(row, width));
}

const keyOf = (values: readonly SideValue[]): string => JSON.stringify(values.map(({ text }) => text));

function joinRow(row: readonly string[], width: number): readonly string[] {
  const [left = [], right = []] = row.map((text) => wrap(text, width));
  const height = Math.max(left.length, right.length);
  return Array.from({ length: height }, (_, index) =>
    `${indent}${padTo(left[index] ?? '', width)}${divider}${right[index] ?? ''}`.trimEnd(),
  );
}
