/** Reads what `crit decode` prints of an inventory.img. */

/** Undefined = the image does not say. */
export interface ImageInventory {
  /** Version of the format. */
  readonly version?: number;
  /** Security module that the dumped tasks had profiles of; `none` = they had none. */
  readonly securityModule?: string;
  /** How the network was locked: iptables, nftables or skip. */
  readonly networkLock?: string;
  /** Run of CRIU that made the images, as its log names it too (4.2 and later). */
  readonly runId?: string;
}

/** `network_lock_method` by its number (criu/include/cr_options.h, 4.2). */
const networkLocks: readonly string[] = ['iptables', 'nftables', 'skip'];

/**
 * Undefined when the text is something else:
 *
 *     {"magic": "INVENTORY", "entries": [{"img_version": 2, "lsmtype": "NO_LSM", "network_lock_method": 0, …}]}
 */
export function parseInventory(text: string): ImageInventory | undefined {
  const entry = firstEntry(text);
  if (entry === undefined) return undefined;
  const { img_version: version, lsmtype, network_lock_method: lock, dump_criu_run_id: runId } = entry;
  const networkLock = typeof lock === 'number' ? networkLocks[lock] : undefined;
  return {
    ...(typeof version === 'number' ? { version } : {}),
    ...(typeof lsmtype === 'string' ? { securityModule: nameModule(lsmtype) } : {}),
    ...(networkLock === undefined ? {} : { networkLock }),
    ...(typeof runId === 'string' && /^[0-9a-f-]{8,64}$/.test(runId) ? { runId } : {}),
  };
}

function nameModule(type: string): string {
  return type === 'NO_LSM' ? 'none' : type.toLowerCase().replaceAll(/[^a-z_]/g, '');
}

function firstEntry(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const image: unknown = JSON.parse(text);
    if (!isObject(image) || image['magic'] !== 'INVENTORY' || !Array.isArray(image['entries'])) return undefined;
    const entry: unknown = image['entries'][0];
    return isObject(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
