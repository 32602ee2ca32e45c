/** The grammar of WHERE (--on, --to), as far as this release has sources for it. */

import { UserError } from '../errors.js';

/**
 * Accepts nothing and `local`.
 * @throws {UserError} for any other place
 */
export function requireLocal(option: '--on' | '--to', where: string | undefined): void {
  if (where === undefined || where === 'local') return;
  throw new UserError(
    `${option} ${where}: this release looks at the local host alone; ssh, remotes and reports are no sources of it`,
    {
      hint: `run crdoctor on that host, or write ${option} local`,
    },
  );
}
