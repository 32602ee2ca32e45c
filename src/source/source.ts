/** What a source of evidence is: something that answers named requests, whatever is behind it. */

/**
 * Name of a piece of evidence: lower case, dotted, origin first (`proc.osrelease`, `criu.check`).
 * Requests, evidence, manifest entries and findings use the same names.
 */
export type EvidenceId = string;

interface RequestBase {
  readonly id: EvidenceId;
  /** More bytes than this are cut off and the evidence is marked `truncated`. */
  readonly maxBytes?: number;
  /** Which part of something too large is kept; logs are interesting at the end. Default `head`. */
  readonly keep?: 'head' | 'tail';
}

/** A program to run on the source, never through a shell. */
export interface CommandRequest extends RequestBase {
  readonly kind: 'command';
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs?: number;
}

/**
 * A file to read; the first of `paths` that exists is taken. `{release}` stands for the kernel
 * release of the source. A gzipped file (by its magic) is unpacked.
 */
export interface FileRequest extends RequestBase {
  readonly kind: 'file';
  readonly paths: readonly [string, ...string[]];
}

/**
 * Several small files in one piece of evidence, each with its own status: sysctls, marker files. The
 * text is made of blocks: a line `== STATUS PATH` (status as in EvidenceStatus), then each line of
 * the contents after a tab. A directory that exists has the status `failed`, never `absent`.
 */
export interface FilesRequest extends RequestBase {
  readonly kind: 'files';
  readonly paths: readonly string[];
}

/**
 * The names in a directory, with type, size and modification time; no contents, no links followed. A
 * link at `path` itself is followed.
 */
export interface ListingRequest extends RequestBase {
  readonly kind: 'listing';
  readonly path: string;
  /** With more than 1, also what is in directories below, named by their path below `path`. */
  readonly maxDepth?: number;
  /** Only entries of the directory itself whose names begin with one of these, and what is below them. */
  readonly beginnings?: readonly string[];
}

/**
 * A regular file of a directory that others may write to. Below the directory no link is followed,
 * and nothing but a regular file is opened for reading. A gzipped file is unpacked. Only what the file
 * holds when it is opened is read, however fast it grows.
 */
export interface InnerFileRequest extends RequestBase {
  readonly kind: 'inner-file';
  readonly directory: string;
  /** As the listing of the directory writes it. */
  readonly name: string;
  /** `base64`: the text is the bytes in base64, and nothing is unpacked. */
  readonly encoding?: 'utf8' | 'base64';
}

/** Which of these programs are on the PATH of the source (plus the usual sbin directories). */
export interface ProgramsRequest extends RequestBase {
  readonly kind: 'programs';
  readonly names: readonly string[];
}

/** Size and free space of the file system that holds `path` (or its nearest existing parent). */
export interface SpaceRequest extends RequestBase {
  readonly kind: 'space';
  readonly path: string;
}

/** The task tree below a process: status and namespaces of each task, read from /proc. */
export interface TasksRequest extends RequestBase {
  readonly kind: 'tasks';
  readonly rootPid: number;
}

export type EvidenceRequest =
  | CommandRequest
  | FileRequest
  | FilesRequest
  | ListingRequest
  | InnerFileRequest
  | ProgramsRequest
  | SpaceRequest
  | TasksRequest;

/**
 * How reading went. `absent`: there is no such file or program, and that is known. `failed`: a
 * command ended with a status other than 0, or reading broke. `truncated`: text is there, not all of it.
 */
export type EvidenceStatus = 'ok' | 'absent' | 'denied' | 'failed' | 'timed-out' | 'truncated';

/** The answer to a request: never an exception, always with what became of it. */
export interface Evidence {
  readonly id: EvidenceId;
  /** The argv joined, or the path that was read. Untrusted when printed. */
  readonly origin: string;
  readonly status: EvidenceStatus;
  /** Standard output of a command, contents of a file. Bytes that are not UTF-8 became U+FFFD. */
  readonly text?: string;
  /** Standard error of a command, cut like the text. */
  readonly stderr?: string;
  readonly exitStatus?: number;
  /** Why status is not `ok`, one line. */
  readonly reason?: string;
  /** When reading began, ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Bytes of `text` before decoding. */
  readonly bytes: number;
}

/** A host, live or recorded, that answers evidence requests. */
export interface Source {
  /** How the user named it: `local`, `ssh:host`, a path. */
  readonly where: string;
  /**
   * Answers every request, in the order of the requests; independent ones are read side by side.
   * Never throws for what cannot be read: that is a status.
   */
  gather(requests: readonly EvidenceRequest[]): Promise<readonly Evidence[]>;
}
