/** Reads `versions.json`, which somebody put beside logs to say what wrote them. */

/** Versions as far as they could be understood. */
export interface StatedVersions {
  readonly criu?: string;
  readonly kernel?: string;
  /** Name and version in free words: `lxd 5.0.2-5 (Debian bookworm)`. Untrusted. */
  readonly engine?: string;
}

const maxText = 200;

/** The one version that a text tells; two hosts with different ones tell none. */
const onlyVersion = (value: unknown, version: RegExp): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const found = new Set(value.slice(0, maxText).match(version));
  return found.size === 1 ? [...found][0] : undefined;
};

/** `3.17.1`, `4.1.1-1`, not the `0` of `(gitid 0)`; a Debian release in parentheses is no version of CRIU. */
const criuVersion = /(?<![\w.(-])v?\d{1,2}\.\d{1,2}(?:\.\d{1,3})?(?:[-+~]\w[\w.+~-]{0,30})?/g;
/** Begins the text; `Ubuntu 22.04.1` names no kernel. */
const kernelRelease = /^\d{1,2}\.\d{1,3}[\w.+~-]{0,80}/g;

/**
 * Takes the file apart; undefined when it is no JSON object.
 *
 *     {"criu": "4.1.1-1 (trixie)", "kernel": "6.18.44-custom", "engine": "incus 6.0.4"}
 */
export const parseStatedVersions = (text: string): StatedVersions | undefined => {
  let stated: unknown;
  try {
    stated = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof stated !== 'object' || stated === null || Array.isArray(stated)) return undefined;
  const values = new Map<string, unknown>(Object.entries(stated));
  const criu = onlyVersion(values.get('criu'), criuVersion)?.replace(/^v/, '');
  const kernel = onlyVersion(values.get('kernel'), kernelRelease);
  const engine = values.get('engine');
  return {
    ...(criu === undefined ? {} : { criu }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(typeof engine === 'string' && engine !== '' ? { engine: engine.slice(0, maxText) } : {}),
  };
};
