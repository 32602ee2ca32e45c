/** A report as a source: answers the requests of a check with what was recorded. */

import type { ArchiveFile, NamedContent } from '../archive/read.js';
import { UserError } from '../errors.js';
import { isPartName, openTree, type FileTree } from './bundle-files.js';
import { loadEvidence, notRecorded, readAll } from './bundle-evidence.js';
import { findLooseLogs, isReportName } from './loose-logs.js';
import { parseManifest } from './manifest-schema.js';
import type { Artifact, ArtifactSide, Manifest } from './manifest.js';
import type { Evidence, EvidenceId, Source } from './source.js';

/** A report that was opened. It answers for the host where the instance was (`source`). */
export interface Bundle extends Source {
  readonly manifest: Manifest;
  /** By their paths below the top folder of the report. */
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /** Reads several of the files; names are paths as in `files`. A content is there until the next one is asked for. */
  readMany(paths: ReadonlySet<string>): AsyncIterable<NamedContent>;
  /** The command that failed and what it displayed, as recorded. */
  readonly action: { readonly command?: string; readonly output?: string };
  /** What was recorded of one side, all of it or what is wanted; an artifact whose file was changed is `failed`. */
  readEvidence(side: ArtifactSide, wants?: (id: EvidenceId) => boolean): Promise<readonly Evidence[]>;
  /** Answers for the host that the instance was to go to; of a report about one host, for that one. */
  asTarget(): Source;
  /** What was odd about the report so far, one line each: more may be found as more is read. Untrusted. */
  problems(): readonly string[];
}

const manifestName = 'manifest.json';
const maxManifestBytes = 32 * 1024 * 1024;
const maxActionBytes = 4 * 1024 * 1024;

/**
 * Opens a report, packed or unpacked.
 * @throws {UserError} it cannot be read, is none, or is only half of one
 */
export async function openBundle(path: string): Promise<Bundle> {
  return await bundleFrom(await openTree(path), path);
}

/** True when there is a manifest, wherever it lies. */
export function hasManifest({ files }: FileTree): boolean {
  return [...files.keys()].some(isManifestName);
}

/** As {@link openBundle}, for files that were listed before. */
export async function bundleFrom(tree: FileTree, path: string): Promise<Bundle> {
  const top = findTop(tree, path);
  const files = filesBelow(tree, top);
  const problems = new Set([...tree.problems, ...strangers(tree, top)]);
  const listed = files.get(manifestName);
  if (listed === undefined || listed.bytes > maxManifestBytes)
    throw new UserError(`${path}: its manifest.json is too large`);
  const manifest = parseManifest((await readAll(listed)).toString('utf8'), path);
  if (!manifest.complete) problems.add('collecting was cut short when this report was made');
  const artifacts = indexArtifacts(manifest, problems);
  const load = (artifact: Artifact): Promise<Evidence> => loadEvidence(artifact, files, problems);
  const answerFor = (side: ArtifactSide): Source['gather'] => {
    return (requests) =>
      inOrder(requests, async ({ id }) => {
        const artifact = artifacts.get(side)?.get(id);
        return artifact === undefined ? notRecorded(id, manifest) : await load(artifact);
      });
  };
  return {
    where: path,
    manifest,
    files,
    readMany: (paths) => readBelow(tree, top, paths),
    action: await readAction(files),
    problems: () => [...problems],
    readEvidence: (side, wants = () => true) => {
      const all = [...(artifacts.get(side)?.values() ?? [])];
      return inOrder(
        all.filter(({ id }) => wants(id)),
        load,
      );
    },
    gather: answerFor('source'),
    asTarget: () => ({ where: path, gather: answerFor(artifacts.has('target') ? 'target' : 'source') }),
  };
}

/** One after the other, because each may be many megabytes and most come from memory anyway. */
async function inOrder<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function isManifestName(name: string): boolean {
  return name === manifestName || name.endsWith(`/${manifestName}`);
}

/** The folder with the manifest, ending in a slash; empty when that lies at the very top. */
function findTop(tree: FileTree, path: string): string {
  const places = [...tree.files.keys()].filter(isManifestName).map((name) => name.slice(0, -manifestName.length));
  const depthOf = (place: string): number => place.split('/').length;
  const least = Math.min(...places.map(depthOf));
  const [top, second] = places.filter((place) => depthOf(place) === least);
  if (top === undefined) throw withoutManifest(tree, path);
  if (second !== undefined) {
    throw new UserError(`${path} holds more than one report: ${top} and ${second}`, {
      hint: 'Unpack it and name the directory of one of them.',
    });
  }
  return top;
}

/** What is to be said of files without a manifest. It is among the last to be written, so half a report has none. */
export function withoutManifest({ files, isCutOff }: FileTree, path: string): UserError {
  const names = [...files.keys()];
  const hasLogs = findLooseLogs(names).length > 0;
  if (isPartName(path) || isCutOff || names.some(isReportName)) {
    const why = 'The crdoctor that wrote it was killed, still writes, or the file was not copied whole';
    return new UserError(`${path} is a half-written report: it stops before its manifest.json`, {
      hint: `${why}; ${hasLogs ? 'triage reads the logs in it.' : 'there is no whole log in it that triage could read.'}`,
    });
  }
  return new UserError(`${path} is no report: there is no manifest.json in it`, {
    hint: hasLogs
      ? 'There are logs in it, which triage reads.'
      : 'There is no log in it either that triage could read.',
  });
}

function filesBelow({ files }: FileTree, top: string): ReadonlyMap<string, ArchiveFile> {
  const below = [...files].filter(([name]) => name.startsWith(top));
  return new Map(below.map(([name, file]) => [name.slice(top.length), file]));
}

async function* readBelow(tree: FileTree, top: string, paths: ReadonlySet<string>): AsyncGenerator<NamedContent> {
  for await (const { name, content } of tree.readMany(new Set([...paths].map((path) => `${top}${path}`)))) {
    yield { name: name.slice(top.length), content };
  }
}

function strangers({ files }: FileTree, top: string): readonly string[] {
  const outside = [...files.keys()].filter((name) => !name.startsWith(top));
  const [first] = outside;
  return first === undefined ? [] : [`not looked at: ${outside.length} files outside of ${top}, such as ${first}`];
}

function indexArtifacts(
  manifest: Manifest,
  problems: Set<string>,
): ReadonlyMap<ArtifactSide, ReadonlyMap<EvidenceId, Artifact>> {
  const sides = new Map<ArtifactSide, Map<EvidenceId, Artifact>>();
  for (const artifact of manifest.artifacts) {
    const side = sides.get(artifact.side) ?? new Map<EvidenceId, Artifact>();
    sides.set(artifact.side, side);
    if (side.has(artifact.id)) problems.add(`the manifest lists ${artifact.id} twice, and the first one counts`);
    else side.set(artifact.id, artifact);
  }
  return sides;
}

async function readAction(files: ReadonlyMap<string, ArchiveFile>): Promise<Bundle['action']> {
  const read = async (name: string): Promise<string | undefined> => {
    const file = files.get(`action/${name}.txt`);
    return file === undefined || file.bytes > maxActionBytes
      ? undefined
      : (await readAll(file)).toString('utf8').trim();
  };
  const [command, output] = [await read('command'), await read('output')];
  return { ...(command !== undefined && { command }), ...(output !== undefined && { output }) };
}
