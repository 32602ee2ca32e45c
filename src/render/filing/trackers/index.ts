/** The trackers with a form on GitHub, by the names that the command line takes. */

import type { IssueForm } from '../issue-form.js';
import { criuForm } from './criu.js';
import { incusForm } from './incus.js';
import { lxdForm } from './lxd.js';
import { mobyForm } from './moby.js';
import { podmanForm } from './podman.js';

export const issueForms: Readonly<Record<string, IssueForm>> = {
  lxd: lxdForm,
  incus: incusForm,
  criu: criuForm,
  podman: podmanForm,
  moby: mobyForm,
};
