/** What of the answers of docker, podman and OCI runtimes may leave the host: environment, arguments and labels go. */

import type { Decision } from './decide.js';
import { hide, isHarmless, type Edit } from './edits.js';
import { isSecretName } from './secret-names.js';

/** Fields of `inspect`, of `config.json` (OCI runtime and image) and of compose files, in lower case. */
const environmentFields = new Set(['env', 'environment', 'defaultenv', 'buildargs', 'build_args']);
const argumentFields = new Set([
  'args',
  'cmd',
  'command',
  'createcommand',
  'entrypoint',
  'exec',
  'onbuild',
  'processargs',
  'test',
]);
const labelFields = new Set(['labels', 'annotations', 'label']);
/** What a container printed or was given to log with. */
const outputFields = new Set(['output', 'history', 'comment', 'author']);
/** Registries and proxies that docker's own configuration knows (`~/.docker/config.json`). */
const accountFields = new Set(['auths', 'httpheaders', 'registryauth', 'identitytoken', 'registrytoken']);

/** Variables that tell about the program and nobody (`docker run` sets them itself). */
const plainVariables = /^(?:PATH|TERM|HOSTNAME|HOME|LANG|LC_\w+|TZ|container|USER|SHLVL|PWD)=/;
/** Labels that say how an engine or a tool made the container. */
const plainLabels =
  /^(?:org\.opencontainers\.image\.(?!authors|description|vendor|documentation)|com\.docker\.compose\.(?:project|service|version|oneoff|container-number|config-hash)$|io\.(?:buildah|podman|container|cri-o|kubernetes\.(?:container|pod|cri))\b(?!.*(?:secret|env|token|last-applied)))/;

/**
 * Undefined for what is no field of a container, or a harmless one. `path`: keys from the outermost inward;
 * words of compose files and of engines differ in case alone.
 */
export function decideContainer(path: readonly string[]): Decision {
  const fields = path.map((key) => key.toLowerCase());
  const isWithin = (names: ReadonlySet<string>): boolean => fields.some((field) => names.has(field));
  if (isWithin(accountFields)) return 'secret-option';
  if (isWithin(labelFields)) return decideLabel(path, fields);
  if (isWithin(environmentFields)) return decideVariable(path, fields);
  const last = fields.at(-1) ?? '';
  if (argumentFields.has(last)) return hideArgument;
  return outputFields.has(last) && fields.length > 1 ? 'description' : undefined;
}

/** `labels: {a: b}`, or `labels: [a=b]`. */
function decideLabel(path: readonly string[], fields: readonly string[]): Decision {
  const at = fields.findLastIndex((field) => labelFields.has(field));
  const name = path[at + 1];
  if (name === undefined) return (text) => (plainLabels.test(text) ? [] : hideBehindEquals(text, 'label'));
  if (isSecretName(name)) return 'secret-option';
  return plainLabels.test(name) ? undefined : 'label';
}

/** `environment: {a: b}`, or `Env: [a=b]`. */
function decideVariable(path: readonly string[], fields: readonly string[]): Decision {
  const at = fields.findLastIndex((field) => environmentFields.has(field));
  const name = path[at + 1];
  if (name === undefined)
    return (text) => {
      if (plainVariables.test(text)) return [];
      return hideBehindEquals(text, isSecretName(text.split('=', 1)[0] ?? '') ? 'secret-option' : 'environment');
    };
  if (plainVariables.test(`${name}=`)) return undefined;
  return isSecretName(name) ? 'secret-option' : 'environment';
}

/** All of it where there is no name in front. */
function hideBehindEquals(text: string, rule: 'label' | 'environment' | 'secret-option'): readonly Edit[] {
  const start = text.indexOf('=') + 1;
  return isHarmless(text.slice(start)) ? [] : [hide(start, text.length, rule)];
}

/** A path and the name of an option stay, what it is set to and all other words go. */
function hideArgument(text: string): readonly Edit[] {
  if (isHarmless(text) || /^(?:\/[\w./+-]+|--?[A-Za-z][\w-]*|[a-z]{1,8})$/.test(text)) return [];
  const option = /^--?[A-Za-z][\w-]*=/.exec(text)?.[0] ?? '';
  return isHarmless(text.slice(option.length)) ? [] : [hide(option.length, text.length, 'process-arguments')];
}
