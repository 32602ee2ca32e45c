/** Several triages as JSON, schema `crdoctor.triage-groups/1`. */

import type { FailureGroup, TriageGroups } from '../findings/group.js';
import { escapeJson } from './escape.js';
import { triageDocument } from './triage-json.js';

/** Two spaces of indentation, ends with a line break. Each failure is a whole document of `crdoctor.triage/1`. */
export function renderGroupsJson({ groups, inputs, unread }: TriageGroups): string {
  const document = {
    schema: 'crdoctor.triage-groups/1',
    groups: groups.map(groupDocument),
    failures: inputs.map(({ input, triage }) => ({ input, triage: triageDocument(triage) })),
    unread: unread.map(({ input, problem }) => ({ input, problem })),
  };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}

function groupDocument({ signature, result, inputs, diagnosis }: FailureGroup): Readonly<Record<string, unknown>> {
  return {
    signature,
    result,
    count: inputs.length,
    inputs: inputs.map(({ input }) => input),
    cause: diagnosis?.cause,
    confidence: diagnosis?.confidence,
    title: diagnosis?.title,
    fix: diagnosis?.fix,
    blame: diagnosis?.blame,
    fixedIn: diagnosis?.fixedIn,
  };
}
