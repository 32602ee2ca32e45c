/** All engines that can be looked at. */

import { criu } from './criu.js';
import type { Engine, ObservableEngine } from './engine.js';
import { incus } from './incus.js';
import { lxc } from './lxc.js';
import { lxd } from './lxd.js';

export const engines: Readonly<Record<ObservableEngine, Engine>> = { lxd, incus, lxc, criu };

/** The engine of that name, undefined when there is none that can be looked at. */
export function findEngine(name: string): Engine | undefined {
  return Object.values(engines).find((engine) => engine.name === name);
}
