/** Prepares an issue for a tracker on GitHub. */

import { hasTarget, type Filing } from './filing.js';
import { fillIssue } from './issue-text.js';
import type { IssueForm } from './issue-form.js';
import { issueUrl } from './issue-url.js';
import { attachmentFolder, type Prepared } from './prepared.js';
import { titleOf } from './story.js';

const tooLong = 'GitHub takes 65,536 characters, and this is longer: attach what is longest instead of pasting it.';

export function prepareIssue(form: IssueForm, given: Filing): Prepared {
  const title = `${form.titlePrefix ?? ''}${titleOf(given)}`;
  const attachments = given.attachments.filter(({ id }) => form.withholds?.includes(id) !== true);
  const filing = { ...given, attachments };
  const { fields, text, isTooLong } = fillIssue(form, filing);
  return {
    tracker: `${form.name} (github.com/${form.repository})`,
    title,
    tags: form.tags,
    url: issueUrl(form, title, fields),
    files: [{ name: 'issue.md', content: text, purpose: 'paste it field by field, the blanks filled in' }],
    attachments: attachments.map(({ name, content }) => ({ name: `${attachmentFolder}/${name}`, content })),
    blanks: fields.flatMap(({ answer }) => answer.blanks),
    leftOut: filing.leftOut,
    notes: [
      ...(isTooLong ? [tooLong] : []),
      ...(hasTarget(filing) ? ['It is about two hosts: source and target are told apart in it.'] : []),
      ...form.notes,
    ],
  };
}
