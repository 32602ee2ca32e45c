/** The address that opens an empty issue with its title, and with the short fields of its form filled in. */

import { escapeText } from '../escape.js';
import { answerMarkdown } from './answer.js';
import type { IssueForm } from './issue-form.js';
import type { FilledField } from './issue-text.js';

/**
 * GitHub refuses addresses over 8,192 characters and some browsers take 2,083; one that is to be copied
 * from a terminal should not be longer than need be.
 */
const maxUrl = 2000;
/** Whoever sends more than this pastes it. */
const maxValue = 400;

/**
 * Query parameters of an issue form are the ids of its fields, for those that take text. What has a blank, or
 * does not fit, is pasted from the file.
 */
export function issueUrl({ repository, template }: IssueForm, title: string, fields: readonly FilledField[]): string {
  const base = `https://github.com/${repository}/issues/new?`;
  const query = new URLSearchParams({ ...(template !== undefined && { template }), title });
  for (const { field, answer } of fields) {
    if (field.id === undefined || answer.blanks.length > 0 || !isText(field.fill.kind)) continue;
    const value =
      field.render === undefined
        ? answerMarkdown(answer)
        : answer.parts.flatMap(({ lines }) => lines.map(escapeText)).join('\n');
    if (value.length > maxValue) continue;
    const longer = new URLSearchParams([...query, [field.id, value]]);
    if (base.length + longer.toString().length <= maxUrl) query.set(field.id, value);
  }
  return `${base}${query.toString()}`;
}

/** Boxes and lists cannot be filled in by an address. */
function isText(kind: FilledField['field']['fill']['kind']): boolean {
  return kind !== 'confirm' && kind !== 'attached' && kind !== 'choose';
}
