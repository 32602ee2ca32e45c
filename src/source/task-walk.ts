/** What the parts of the walk over processes share: where they write, what was refused, what they have seen. */

import type { MountView } from './mount-view.js';
import type { NameLookup } from './name-lookup.js';
import { isDenied, isGone, type ProcFiles } from './proc-files.js';

/** One mount namespace among the processes. */
export interface MountNamespace {
  readonly view: MountView;
  /** Undefined where no process of it has the root of the namespace as its own. */
  readonly lookup: NameLookup | undefined;
}

/** A file that a descriptor leads to, in the words of a line `is`. */
export interface SeenFile {
  readonly text: string;
  readonly isTerminal: boolean;
}

/** State of one walk. */
export interface Walk {
  /** The host whose processes are read. */
  readonly files: ProcFiles;
  /** Our own mounts, for what processes got from here. */
  readonly ownMounts: MountView;
  /** By the link of /proc/PID/ns/mnt. */
  readonly mountNamespaces: Map<string, MountNamespace>;
  /** Files that several descriptors lead to, by namespace, mount, inode and path. */
  readonly seenFiles: Map<string, SeenFile | undefined>;
  /** Plain files and plain memory, as maps names them behind the offset: device, inode, path. */
  readonly plainFiles: Set<string>;
  /** Sockets that descriptors lead to: path of a descriptor (`/proc/PID/fd/N`) by inode. */
  readonly sockets: Map<string, string>;
  /** Terminals that descriptors lead to. */
  readonly terminals: Set<string>;
  /** Descriptors that may still be written. */
  descriptorsLeft: number;
  /** Times that the walk may still wait for a process to leave the kernel. */
  calmPausesLeft: number;
  /** Gives other work its turn, when it is time. */
  readonly pause: () => Promise<void>;
}

/** One process while it is read. */
export interface Block {
  readonly pid: number;
  /** `/proc/PID` */
  readonly directory: string;
  /** Adds a line. */
  write(line: string): void;
  /** Notes that a limit was reached: `fd`, `map`, `info:FD`. */
  cut(what: string): void;
  /** What `read` gives; when it may not be read, that is noted and the answer is `otherwise`, as when it is gone. */
  attempt<Value>(what: string, otherwise: Value, read: () => Value): Value;
  /** The lines so far. */
  text(): string;
}

export function createBlock(pid: number): Block {
  const lines: string[] = [];
  const denied = new Set<string>();
  const cuts = new Set<string>();
  return {
    pid,
    directory: `/proc/${pid}`,
    write: (line) => void lines.push(line),
    cut: (what) => void cuts.add(what),
    attempt(what, otherwise, read) {
      try {
        return read();
      } catch (error) {
        if (isDenied(error)) denied.add(what);
        else if (!isGone(error)) cuts.add(what);
        return otherwise;
      }
    },
    text() {
      for (const what of denied) lines.push(`denied ${what}`);
      for (const what of cuts) lines.push(`cut ${what}`);
      return `${lines.join('\n')}\n`;
    },
  };
}
