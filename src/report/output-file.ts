/** Where a report is written to, and what earlier runs left there. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { UserError } from '../errors.js';

export interface OutputWish {
  readonly cwd: string;
  /** As the user gave it. */
  readonly given: string | undefined;
  /** Of the instance or the host. Untrusted. */
  readonly subject: string;
  readonly now: Date;
}

/** `crdoctor-c1-20261120T155132Z`: also the top folder inside. */
export function reportName(subject: string, now: Date): string {
  const plain = subject.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `crdoctor-${plain === '' ? 'host' : plain}-${time}`;
}

/**
 * The path of the archive.
 * @throws {UserError} the name given cannot be that of a file
 */
export function outputPath({ cwd, given, subject, now }: OutputWish): string {
  if (given === undefined) return join(cwd, `${reportName(subject, now)}.tar.gz`);
  if (given === '') throw new UserError('the name of the output file is empty');
  if (given.includes('\0')) {
    // How a lone dash arrives; a name cannot hold that character.
    throw new UserError('a report is not written to standard output', { hint: 'Name a file: -o report.tar.gz' });
  }
  const path = resolve(cwd, given);
  if (given.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UserError(`${given}: is a directory`, { hint: 'Name the file itself with -o, such as -o report.tar.gz' });
  }
  return path;
}

/**
 * Parts of archives that runs left behind which were killed, as far as can be told: a process that is none
 * here may live in another container or on another machine that has the directory too.
 */
export function findLeftovers(path: string): readonly string[] {
  const directory = dirname(path);
  const own = `.${basename(path)}.part-`;
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => {
        const pid = /^\..+\.part-(\d+)(?:-\d+)?$/s.exec(entry.name)?.[1];
        const isReport = entry.name.startsWith(own) || entry.name.includes('.tar.gz.part-');
        return pid !== undefined && isReport && entry.isFile() && !existsSync(`/proc/${pid}`);
      })
      .map(({ name }) => join(directory, name));
  } catch {
    // What cannot be listed may still be written to, and if not, the writer says so.
    return [];
  }
}
