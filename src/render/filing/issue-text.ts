/** The text of an issue: every field of the form under its label, as GitHub writes what was typed into the form. */

import { answerMarkdown, type Answer } from './answer.js';
import type { Filing } from './filing.js';
import { fillField } from './fill-field.js';
import type { FormField, IssueForm } from './issue-form.js';

/** GitHub refuses issues over 65,536 characters; some room is for what the user writes. */
const maxIssue = 60_000;
/** Of one field at first, and when all together are too long. */
const fieldLimits = [16_000, 8_000, 4_000, 2_000, 500] as const;

export interface FilledField {
  readonly field: FormField;
  readonly answer: Answer;
}

export interface FilledIssue {
  readonly fields: readonly FilledField[];
  /** Ends with a line break. */
  readonly text: string;
  /** Whether GitHub would refuse it for its length: what is never cut is too long. */
  readonly isTooLong: boolean;
}

/** Fills all fields; texts are cut further until the whole fits into an issue. */
export function fillIssue(form: IssueForm, filing: Filing): FilledIssue {
  let filled: FilledIssue = fillWithin(form, filing, fieldLimits[0]);
  for (const limit of fieldLimits.slice(1)) {
    if (!filled.isTooLong) break;
    filled = fillWithin(form, filing, limit);
  }
  return filled;
}

function fillWithin(form: IssueForm, filing: Filing, limit: number): FilledIssue {
  const fields = form.fields.map((field) => ({ field, answer: fillField(field, filing, limit) }));
  const text = `${fields.map(renderField).join('\n\n')}\n`;
  return { fields, text, isTooLong: text.length > maxIssue };
}

function renderField({ field, answer }: FilledField): string {
  const { label, layout, render } = field;
  const body = answerMarkdown(answer, render);
  if (layout === 'bold') return `**${label}**\n\n${body}`;
  if (layout === 'details') return `<details><summary>${label}</summary>\n<p>\n\n${body}\n\n</p>\n</details>`;
  return `### ${label}\n\n${body}`;
}
