/** The check of a container, or of a host alone, that a command makes besides its own work. */

import type { CheckWish } from './check-options.js';

/** Without an instance the host is judged. */
export function containerWish(about: Pick<CheckWish, 'engine' | 'instance' | 'operation' | 'nameThere'>): CheckWish {
  return { ...about, pid: undefined, criuOptions: [], images: undefined };
}
