/** The timeline of a run of CRIU as a picture, with the same in words and in a table for those who do not see it. */

import type { RunStory, TimelineEntry, Triage } from '../../findings/finding.js';
import { frozenWords, seconds, statisticsLine, stepsOf, storyLine, toldStories } from '../triage-story.js';
import { html, nothing, type Html } from './markup.js';
import { items, name, table } from './prose.js';

/** In units of the picture, about pixels of a wide screen. */
const size = { width: 900, label: 210, right: 90, row: 24, top: 44 };
const maxRows = 60;
const maxLabel = 28;
/** Width that the words at the failing step need. */
const stopLabel = 190;

type TimedStep = TimelineEntry & { readonly timeS: number };

/** All runs that the logs tell of; nothing when they tell of none. */
export function timelines(triage: Triage): Html {
  const stories = toldStories(triage);
  const counted = (triage.statistics ?? []).map(statisticsLine);
  return html`${stories.map((story, at) => runPart(triage, story, at, stories.length > 1))}${items(counted)}`;
}

function runPart(triage: Triage, story: RunStory, at: number, isOneOfMany: boolean): Html {
  const steps = stepsOf(triage, story);
  const heading = isOneOfMany
    ? html`<h3>${name(story.file)}${story.run > 1 ? `, run ${story.run}` : ''}</h3>`
    : nothing;
  return html`${heading}
    <p>${storyLine(triage, story)}.</p>
    ${picture(story, steps, at)}${
      steps.length === 0
        ? nothing
        : html`<details>
            <summary>All steps as a table</summary>
            ${table(`Steps of ${story.file}`, ['step', 'at', 'took', 'remark'], steps.map(stepRow))}
          </details>`
    }${story.hasGap === true ? html`<p>A part of the log was passed by: steps and times may be missing.</p>` : nothing}`;
}

function stepRow({ text, timeS, durationS, rounds, isWhereItStopped }: TimelineEntry): readonly string[] {
  const remarks = [rounds === undefined ? '' : `${rounds} times`, isWhereItStopped === true ? 'stopped here' : ''];
  return [
    text,
    timeS === undefined ? '' : `${timeS.toFixed(3)} s`,
    durationS === undefined ? '' : seconds(durationS),
    remarks.filter((remark) => remark !== '').join(', '),
  ];
}

/** A bar for each step that has a time; the span in which tasks stood still lies behind them. */
function picture(story: RunStory, all: readonly TimelineEntry[], at: number): Html {
  const steps = all.filter((step): step is TimedStep => step.timeS !== undefined && Number.isFinite(step.timeS));
  const shown = steps.slice(0, maxRows);
  const endS = Math.max(story.endS ?? 0, ...steps.map(({ timeS, durationS = 0 }) => timeS + durationS));
  if (shown.length < 2 || !(endS > 0)) return nothing;
  const height = size.top + shown.length * size.row + 8;
  const x = (timeS: number): number => Math.round(size.label + (Math.min(timeS, endS) / endS) * plotWidth());
  return html`<div class="scroll" role="region" aria-label="Timeline of the ${story.phase}" tabindex="0">
    <svg viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="t${at}-title t${at}-text">
      <title id="t${at}-title">Timeline of the ${story.phase}</title>
      <desc id="t${at}-text">${descriptionOf(story, shown, endS)}</desc>
      ${iceBand(story, x, height)}${axis(endS, x, height)}${shown.map((step, row) => stepBar(step, row, x))}${endLine(story, x, height)}
    </svg>
  </div>`;
}

const plotWidth = (): number => size.width - size.label - size.right;

function descriptionOf(story: RunStory, steps: readonly TimedStep[], endS: number): string {
  const longest = steps.toSorted((a, b) => (b.durationS ?? 0) - (a.durationS ?? 0))[0];
  const parts = [
    `${steps.length} steps in ${seconds(endS)}`,
    longest === undefined ? '' : `the longest is ${longest.text} with ${seconds(longest.durationS ?? 0)}`,
    story.stoppedIn === undefined ? '' : `it stopped in ${story.stoppedIn}`,
    frozenWords(story),
  ];
  return `${parts.filter((part) => part !== '').join('; ')}. The table below tells each step.`;
}

function iceBand({ frozenFromS, frozenS }: RunStory, x: (timeS: number) => number, height: number): Html {
  if (frozenFromS === undefined || frozenS === undefined) return nothing;
  const [from, until] = [x(frozenFromS), x(frozenFromS + frozenS)];
  return html`<rect class="ice" x="${from}" y="20" width="${Math.max(2, until - from)}" height="${height - 20}" />
    <text class="faint" x="${Math.min(from + 4, size.width - 200)}" y="34"
      >tasks frozen for ${seconds(frozenS)}</text
    > `;
}

function axis(endS: number, x: (timeS: number) => number, height: number): Html {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * endS);
  return html`${ticks.map(
    (timeS) =>
      html`<line class="grid" x1="${x(timeS)}" x2="${x(timeS)}" y1="18" y2="${height}" />
        <text class="faint" x="${x(timeS)}" y="13" text-anchor="middle">${timeS === 0 ? '0' : seconds(timeS)}</text> `,
  )}`;
}

function stepBar(step: TimedStep, row: number, x: (timeS: number) => number): Html {
  const { text, timeS, durationS = 0, rounds, isWhereItStopped } = step;
  const y = size.top + row * size.row;
  const width = Math.max(2, x(timeS + durationS) - x(timeS));
  const stops = isWhereItStopped === true;
  const label = `${stops ? '✕ ' : ''}${text.length > maxLabel ? `${text.slice(0, maxLabel)}…` : text}`;
  const took = step.durationS === undefined ? '' : durationS < 0.0005 ? '< 1 ms' : seconds(durationS);
  const told = `${took}${rounds === undefined ? '' : ` (${rounds}×)`}${stops ? ', stopped here' : ''}`;
  const place = placeOfLabel(x(timeS), width, stops);
  return html`<text class="${stops ? 'stop-text' : ''}" x="${size.label - 8}" y="${y + 13}" text-anchor="end">
      ${label}
    </text>
    <rect class="${stops ? 'stop' : 'bar'}" x="${x(timeS)}" y="${y}" width="${width}" height="${size.row - 7}" rx="2" />
    <text class="${place.look}" x="${place.x}" y="${y + 13}" text-anchor="${place.anchor}">${told}</text> `;
}

/** Behind the bar; that of the failing step, which is long, in the bar or before it where there is no room behind. */
function placeOfLabel(
  x: number,
  width: number,
  stops: boolean,
): { readonly x: number; readonly anchor: 'start' | 'end'; readonly look: string } {
  if (!stops) return { x: x + width + 5, anchor: 'start', look: 'faint' };
  if (width > stopLabel) return { x: x + width - 6, anchor: 'end', look: 'inside' };
  return x + width + stopLabel > size.width
    ? { x: x - 5, anchor: 'end', look: 'stop-text' }
    : { x: x + width + 5, anchor: 'start', look: 'stop-text' };
}

/** Where the line stands that tells of the failure; after it CRIU only cleans up. */
function endLine({ stoppedAtS }: RunStory, x: (timeS: number) => number, height: number): Html {
  if (stoppedAtS === undefined) return nothing;
  return html`<line class="end" x1="${x(stoppedAtS)}" x2="${x(stoppedAtS)}" y1="18" y2="${height}" /> `;
}
