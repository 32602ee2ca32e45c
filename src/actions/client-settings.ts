/** Reads the configuration of an engine's client, as far as it changes what a command means. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as v from 'valibot';

import type { ClientSettings } from '../engines/action.js';
import type { ClientPlace } from '../engines/recognise.js';
import { errorCode, UserError } from '../errors.js';
import { parseRule } from '../rules/parse-cause.js';

/** `config.yml`; what else is in it does not matter here. */
const configSchema = v.looseObject({
  aliases: v.nullish(v.record(v.string(), v.string())),
  'default-remote': v.nullish(v.string()),
  remotes: v.nullish(
    v.record(
      v.string(),
      v.looseObject({
        addr: v.nullish(v.string()),
        project: v.nullish(v.string()),
        protocol: v.nullish(v.string()),
      }),
    ),
  ),
});

const local = { local: { address: 'unix://' } } as const;

/**
 * The settings from the file and the environment; those of a client that was never configured when there is no file.
 * @throws {UserError} the file cannot be read, or another server is meant
 */
export async function readClientSettings(
  place: ClientPlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ClientSettings> {
  const [server] = place.serverVariables.filter((name) => (env[name] ?? '') !== '');
  if (server !== undefined) {
    throw new UserError(`${server} names another server or another configuration`, {
      hint: `Guard knows the server at its usual place alone: unset ${server}`,
    });
  }
  const settings = toSettings(await findConfig(place, env), env[place.aliasVariable] === '1');
  const remote = place.remoteVariables.map((name) => env[name] ?? '').find((value) => value !== '');
  const project = place.projectVariables.map((name) => env[name] ?? '').find((value) => value !== '');
  return {
    ...settings,
    ...(remote !== undefined && { defaultRemote: remote }),
    ...(project !== undefined && { project }),
  };
}

type Config = v.InferOutput<typeof configSchema>;

async function findConfig(
  { configVariable, homeDirectories }: ClientPlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Config | undefined> {
  const [given, home] = [env[configVariable] ?? '', env['HOME'] ?? ''];
  const directories = given === '' ? homeDirectories.map((each) => join(home, each)) : [given];
  const found: Config[] = [];
  for (const directory of home === '' && given === '' ? [] : directories) {
    const config = await readConfig(join(directory, 'config.yml'));
    if (config !== undefined) found.push(config);
  }
  if (found.length > 1) {
    throw new UserError(`there are several configurations of the client: ${directories.join(', ')}`, {
      hint: `Say which one counts: ${configVariable}=DIRECTORY`,
    });
  }
  return found[0];
}

async function readConfig(path: string): Promise<Config | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read: ${errorCode(error) ?? 'error'}`);
  }
  const { value, problems } = parseRule(text, path, configSchema);
  if (value === undefined) throw new UserError(`${path} is not understood: ${problems[0]?.message ?? 'no YAML'}`);
  return value;
}

function toSettings(config: Config | undefined, hasNoAliases: boolean): ClientSettings {
  const remotes = Object.entries(config?.remotes ?? {}).map(([name, { addr, project, protocol }]) => {
    // A client may leave the address of the socket out, or write its path, which may be another one.
    const address = addr === undefined || addr === null || addr === 'unix:' ? 'unix://' : addr;
    const isForImages = protocol === 'simplestreams';
    return [
      name,
      {
        address,
        ...(isForImages && { isForImages }),
        ...(typeof project === 'string' && project !== '' && { project }),
      },
    ] as const;
  });
  return {
    aliases: hasNoAliases ? {} : (config?.aliases ?? {}),
    defaultRemote: config?.['default-remote'] ?? 'local',
    remotes: { ...local, ...Object.fromEntries(remotes) },
  };
}
