/** Reads the answers of the LXD and Incus API, which are one family. */

import * as v from 'valibot';

const textMap = v.record(v.string(), v.string());

const serverSchema = v.looseObject({
  auth: v.optional(v.string()),
  api_extensions: v.optional(v.array(v.string())),
  environment: v.optional(
    v.looseObject({
      driver: v.optional(v.string()),
      kernel_architecture: v.optional(v.string()),
      kernel_version: v.optional(v.string()),
      server_name: v.optional(v.string()),
      driver_version: v.optional(v.string()),
      server: v.optional(v.string()),
      server_version: v.optional(v.string()),
      server_pid: v.optional(v.number()),
    }),
  ),
});

export interface ServerRecord {
  readonly version: string | undefined;
  readonly liblxc: string | undefined;
  /** Pid of the daemon. */
  readonly pid: number | undefined;
  /** What its API can do beyond 1.0. */
  readonly extensions: readonly string[] | undefined;
}

/**
 * Of `GET /1.0`; undefined when the text is something else, fields undefined for a caller without trust:
 *
 *     {"auth": "trusted", "environment": {"driver": "lxc | qemu", "driver_version": "5.0.2 | 7.2.22",
 *      "server": "lxd", "server_pid": 1777, "server_version": "5.0.2"}}
 */
export function parseServer(text: string): ServerRecord | undefined {
  const server = readJson(text, serverSchema);
  if (server === undefined) return undefined;
  const environment = server.environment ?? {};
  // Both are lists in the same order when the daemon has several drivers.
  const drivers = environment.driver?.split(' | ') ?? [];
  const versions = environment.driver_version?.split(' | ') ?? [];
  return {
    version: environment.server_version,
    liblxc: versions[drivers.indexOf('lxc')],
    pid: environment.server_pid,
    extensions: server.api_extensions,
  };
}

/** What a server tells of the host it runs on. */
export interface ServerEnvironment {
  readonly hostname: string | undefined;
  readonly kernel: string | undefined;
  /** As of `uname -m`. */
  readonly machine: string | undefined;
}

/** Of `GET /1.0` as well; undefined when the text is something else, or the caller is not trusted. */
export function parseEnvironment(text: string): ServerEnvironment | undefined {
  const environment = readJson(text, serverSchema)?.environment;
  if (environment === undefined) return undefined;
  const { server_name: hostname, kernel_version: kernel, kernel_architecture: machine } = environment;
  return { hostname: oneWord(hostname), kernel: oneWord(kernel), machine: oneWord(machine) };
}

/** None of them holds a blank; with one, what is made from them would be read as something else. */
function oneWord(text: string | undefined): string | undefined {
  return text !== undefined && /^[^\s]+$/.test(text) ? text : undefined;
}

const instanceSchema = v.looseObject({
  name: v.string(),
  type: v.optional(v.string()),
  status: v.string(),
  project: v.optional(v.string()),
  ephemeral: v.optional(v.boolean()),
  stateful: v.optional(v.boolean()),
  profiles: v.nullish(v.array(v.string())),
  devices: v.nullish(v.record(v.string(), textMap)),
  expanded_config: v.nullish(textMap),
  expanded_devices: v.nullish(v.record(v.string(), textMap)),
  state: v.nullish(v.looseObject({ pid: v.optional(v.number()) })),
});

export interface InstanceRecord {
  readonly name: string;
  /** container or virtual-machine; LXD 2 and 3 know containers alone and do not say it. */
  readonly type: string;
  /** In lower case: running, stopped, frozen, error. */
  readonly status: string;
  readonly project: string;
  /** It is deleted as soon as it stops; undefined when the answer does not say it. */
  readonly isEphemeral: boolean | undefined;
  /** It was stopped with its state. */
  readonly isStateful: boolean | undefined;
  readonly config: Readonly<Record<string, string>>;
  /** Those of its profiles too. */
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names of the devices that are its own and not of a profile; undefined when the answer does not say it. */
  readonly ownDevices: readonly string[] | undefined;
  /** In the order in which they apply; undefined when the answer does not say it. */
  readonly profiles: readonly string[] | undefined;
  /** Pid of its init on the host; undefined when the answer was without state or it does not run. */
  readonly pid: number | undefined;
}

/** Of `GET /1.0/instances/NAME?recursion=1`; older releases leave `state` out. */
export function parseInstance(text: string): InstanceRecord | undefined {
  const instance = readJson(text, instanceSchema);
  return instance && toInstance(instance);
}

/** Of `GET /1.0/instances?recursion=1`. */
export function parseInstances(text: string): readonly InstanceRecord[] | undefined {
  return readJson(text, v.array(instanceSchema))?.map(toInstance);
}

function toInstance(instance: v.InferOutput<typeof instanceSchema>): InstanceRecord {
  const pid = instance.state?.pid ?? 0;
  return {
    name: instance.name,
    type: instance.type ?? 'container',
    status: instance.status.toLowerCase(),
    project: instance.project ?? 'default',
    isEphemeral: instance.ephemeral,
    isStateful: instance.stateful,
    config: instance.expanded_config ?? {},
    devices: instance.expanded_devices ?? {},
    ownDevices: instance.devices === null ? [] : instance.devices && Object.keys(instance.devices),
    profiles: instance.profiles ?? undefined,
    pid: pid > 0 ? pid : undefined,
  };
}

/** Pid in `GET /1.0/instances/NAME/state`, undefined when it does not run. */
export function parseStatePid(text: string): number | undefined {
  const state = readJson(text, v.looseObject({ pid: v.number() }));
  return state !== undefined && state.pid > 0 ? state.pid : undefined;
}

const snapshotsSchema = v.array(v.looseObject({ name: v.string(), stateful: v.optional(v.boolean()) }));

/** Of `GET /1.0/instances/NAME/snapshots?recursion=1`: names (`c1/s1` in old releases) and whether they hold a state. */
export function parseSnapshots(text: string): Readonly<Record<string, boolean>> | undefined {
  const snapshots = readJson(text, snapshotsSchema);
  return (
    snapshots &&
    Object.fromEntries(snapshots.map(({ name, stateful }) => [name.replace(/^.*\//, ''), stateful === true]))
  );
}

const poolsSchema = v.array(v.looseObject({ name: v.string(), driver: v.string(), config: v.nullish(textMap) }));

export interface PoolRecord {
  readonly name: string;
  /** dir, btrfs, zfs, lvm, ceph … */
  readonly driver: string;
}

/** Of `GET /1.0/storage-pools?recursion=1`. */
export function parsePools(text: string): readonly PoolRecord[] | undefined {
  return readJson(text, poolsSchema)?.map(({ name, driver }) => ({ name, driver }));
}

const profilesSchema = v.array(v.looseObject({ name: v.string(), devices: v.nullish(v.record(v.string(), textMap)) }));

export interface ProfileRecord {
  readonly name: string;
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Of `GET /1.0/profiles?recursion=1`. */
export function parseProfiles(text: string): readonly ProfileRecord[] | undefined {
  return readJson(text, profilesSchema)?.map(({ name, devices }) => ({ name, devices: devices ?? {} }));
}

/** Names of networks and interfaces in `GET /1.0/networks?recursion=1`. */
export function parseNetworks(text: string): readonly string[] | undefined {
  return readJson(text, v.array(v.looseObject({ name: v.string() })))?.map(({ name }) => name);
}

/** Names in `GET /1.0/instances`: `["/1.0/instances/c1", "/1.0/instances/c2?project=p"]`. */
export function parseInstanceNames(text: string): readonly string[] | undefined {
  const addresses = readJson(text, v.array(v.string()));
  return addresses?.map((address) => address.replace(/\?.*$/, '').replace(/^.*\//, ''));
}

/**
 * Projects other than `default` with an instance of this name, of `GET /1.0/instances?all-projects=true`:
 * `["/1.0/instances/c1", "/1.0/instances/c1?project=p"]`.
 */
export function parseProjectsOf(text: string, name: string): readonly string[] | undefined {
  const addresses = readJson(text, v.array(v.string()));
  return addresses?.flatMap((address) => {
    const [path = '', query] = address.split('?');
    const project = new URLSearchParams(query).get('project');
    return project !== null && path.endsWith(`/${encodeURIComponent(name)}`) ? [project] : [];
  });
}

function readJson<Schema extends v.GenericSchema>(text: string, schema: Schema): v.InferOutput<Schema> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Cut off, or a message instead of an answer.
    return undefined;
  }
  const result = v.safeParse(schema, json);
  return result.success ? result.output : undefined;
}
