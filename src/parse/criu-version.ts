/** Reads what `criu --version` prints. */

/**
 * The version (`criu/crtools.c`, since 1.0):
 *
 *     Version: 4.1.1
 *     GitID: v4.1.1-12-gabcdef
 */
export function parseCriuVersion(text: string): string | undefined {
  return /^Version: (\d[\w.+~-]{0,40})/m.exec(text)?.[1];
}
