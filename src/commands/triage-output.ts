/** Chooses the renderer for what a triage found. */

import type { Triage } from '../findings/finding.js';
import type { TriageGroups } from '../findings/group.js';
import type { Invocation } from './invocation.js';
import { textOptionsOf, type OutputArguments } from './output-options.js';

/** One failure in the format that was asked for. */
export async function renderTriage(triage: Triage, wishes: OutputArguments, invocation: Invocation): Promise<string> {
  switch (wishes.format) {
    case 'json':
      return (await import('../render/triage-json.js')).renderTriageJson(triage);
    case 'html':
      return (await import('../render/html/triage-page.js')).renderTriagePage(triage);
    case 'markdown':
      return (await import('../render/triage-markdown.js')).renderTriageMarkdown(triage);
    case 'junit':
      return (await import('../render/triage-junit.js')).renderTriageJunit(triage);
    default:
      return (await import('../render/triage-text.js')).renderTriageText(triage, textOptionsOf(wishes, invocation));
  }
}

/** Several failures in the format that was asked for. */
export async function renderGroups(
  groups: TriageGroups,
  wishes: OutputArguments,
  invocation: Invocation,
): Promise<string> {
  switch (wishes.format) {
    case 'json':
      return (await import('../render/triage-groups-json.js')).renderGroupsJson(groups);
    case 'html':
      return (await import('../render/html/triage-page.js')).renderGroupsPage(groups);
    case 'markdown':
      return (await import('../render/triage-groups-markdown.js')).renderGroupsMarkdown(groups);
    case 'junit':
      return (await import('../render/triage-junit.js')).renderGroupsJunit(groups.inputs, groups.unread);
    default:
      return (await import('../render/triage-groups-text.js')).renderGroupsText(
        groups,
        textOptionsOf(wishes, invocation),
      );
  }
}
