/** Tells which lines of the log of a whole host are about a checkpoint: most of them are about something else. */

import type { PlacedEvent } from './diagnose-facts.js';

/** Words that nobody uses who does not speak of a checkpoint by CRIU. */
const certainWords =
  /\bcriu\b|\bcrtools\b|checkpointing|checkpoint (?:of|the|failed|container|process)|container checkpoint\b|CheckpointContainer|\bstateful (?:stop|start|snapshot|restore|checkpoint)|migration (?:failed|dump|restore)|forkmigrate/i;
/** Words that daemons of engines also use for other things. */
const likelyWords = /\bcriu|checkpoint|stateful|migrat|restor(?:e|ing)\b|\bdump\b|forkmigrate/i;
/** What the kernel says of a task in a container, or of one that CRIU has started. */
const containerWords = /\bcriu\b|crtools|\blxc|\bincus|libpod|docker|kubepods|containers?\//;

/**
 * Whether a line may count: CRIU's own words always do, those of the kernel when they are about
 * containers, those of engines when a rule knows them or they speak of nothing else.
 * `isKnown`: a rule says what the line means.
 */
export function isAboutCheckpoint({ event }: PlacedEvent, isKnown: boolean): boolean {
  if (event.kind === 'criu') return true;
  if (event.kind === 'kernel') return containerWords.test(event.message);
  if (event.kind === 'lxc' && event.location?.includes('criu') === true) return true;
  return (isKnown && event.kind !== 'text' ? likelyWords : certainWords).test(event.message);
}
