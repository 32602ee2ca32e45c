/** Lists the directories that an engine keeps for an instance, and plans which of their files are packed. */

import type { InstancePlaces } from '../engines/engine.js';
import type { Evidence, EvidenceRequest, Source } from '../source/source.js';
import { directoriesOf, plainName, planLogs, planState, type FilePlan } from './report-files.js';

/** A checkpoint in several rounds has a directory for each of them. */
const stateDepth = 2;
const maxSnapshots = 50;
const passing = { id: 'engine.checkpoints', kind: 'listing', maxDepth: 3 } as const;

export interface Directories {
  readonly listings: readonly Evidence[];
  /** Plans for all of them; that of the logs from the listing given. */
  plansFor(logs: Evidence | undefined): readonly FilePlan[];
}

/** `daemonPid` as in placeRequests: the daemon's view of the storage is the one that counts. */
export async function planDirectories(
  source: Source,
  places: InstancePlaces,
  daemonPid: number | undefined,
): Promise<Directories> {
  const seenBy = (path: string): string => (daemonPid === undefined ? path : `/proc/${daemonPid}/root${path}`);
  const requests: EvidenceRequest[] = [];
  if (places.state !== undefined) {
    requests.push({ id: 'instance.state', kind: 'listing', path: seenBy(places.state), maxDepth: stateDepth });
  }
  if (places.snapshots !== undefined) {
    requests.push({ id: 'instance.snapshots', kind: 'listing', path: seenBy(places.snapshots) });
  }
  if (places.passing !== undefined) {
    // Everybody may write there, so nothing is opened by its own path.
    requests.push({ ...passing, path: seenBy('/tmp'), beginnings: places.passing });
  }
  const first = await source.gather(requests);
  const snapshots = first.find(({ id }) => id === 'instance.snapshots');
  const states = snapshots === undefined ? [] : await listSnapshots(source, snapshots);
  return {
    // A snapshot without a state has no such directory, and nothing is missing then.
    listings: [...first, ...states],
    plansFor: (logs) => [
      ...(logs === undefined ? [] : [planLogs(logs, places.logPrefix)]),
      ...[...first, ...states]
        .filter(({ id }) => id !== 'instance.snapshots')
        .map((listing) =>
          planState(listing, listing.id, listing.id.replace(/^instance\.snapshot\./, 'instance.snapshot/')),
        ),
    ],
  };
}

async function listSnapshots(source: Source, snapshots: Evidence): Promise<readonly Evidence[]> {
  const names = directoriesOf(snapshots).filter((name) => !name.includes('\\'));
  const requests = names.slice(0, maxSnapshots).map((name): EvidenceRequest => {
    const path = `${snapshots.origin}/${name}/state`;
    return { id: `instance.snapshot.${plainName(name)}.state`, kind: 'listing', path, maxDepth: stateDepth };
  });
  const listings = await source.gather(requests);
  return listings.filter(({ status }) => status !== 'absent');
}
