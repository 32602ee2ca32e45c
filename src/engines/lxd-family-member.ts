/** Where LXD and Incus differ, and how each names an instance of a project. */

import type { Packaging } from './engine.js';

/** Where the members of the family differ. */
export interface FamilyMember {
  readonly name: 'lxd' | 'incus';
  readonly title: string;
  readonly client: string;
  readonly traces: readonly string[];
  readonly service: Readonly<Record<Packaging, string>>;
  readonly socketGroup: string;
  placesFor(packaging: Packaging): FamilyPlaces;
  /** File names that the daemon's log may have, below the directory of the logs or absolute. */
  readonly daemonLogs: readonly string[];
  /** The bridge that its set-up makes. */
  readonly bridge: string;
  /** Directory with the snapshots of all instances, below that of the data. */
  readonly snapshots: string;
  /** Other than `default`. */
  readonly project?: string;
}

/** An instance in the API, with more behind its name and its project in the query. */
export function instancePath({ project }: FamilyMember, name: string, more = '', query = ''): string {
  const words = [query, ...(project === undefined ? [] : [`project=${encodeURIComponent(project)}`])];
  const asked = words.filter((each) => each !== '').join('&');
  return `/1.0/instances/${encodeURIComponent(name)}${more}${asked === '' ? '' : `?${asked}`}`;
}

/** The words of the client that name the project. */
export function projectWords({ project }: FamilyMember): readonly string[] {
  return project === undefined ? [] : [`--project=${project}`];
}

/** Directories of a daemon. */
export interface FamilyPlaces {
  readonly logs: string;
  readonly config: string;
  readonly data: string;
}
