/** Brings CRIU's options into one form: `--name` or `--name value`, long names, one string each. */

/** Short options with their long names (criu/config.c, CRIU 3.x to 4.2; `criu --help`). */
const longNames: Readonly<Record<string, string>> = {
  t: 'tree',
  d: 'restore-detached',
  S: 'restore-sibling',
  s: 'leave-stopped',
  R: 'leave-running',
  D: 'images-dir',
  W: 'work-dir',
  r: 'root',
  j: 'shell-job',
  l: 'file-locks',
  L: 'libdir',
  J: 'join-ns',
  M: 'ext-mount-map',
  o: 'log-file',
  v: 'verbosity',
  x: 'ext-unix-sk',
  V: 'version',
  h: 'help',
};

const withValue: ReadonlySet<string> = new Set(
  (
    'tree images-dir work-dir root libdir join-ns ext-mount-map log-file pidfile network-lock external ghost-limit ' +
    'action-script timeout irmap-scan-path cgroup-root cgroup-props cgroup-props-file cgroup-dump-controller ' +
    'cgroup-yard lsm-profile lsm-mount-context skip-mnt enable-fs inherit-fd empty-ns file-validation feature ' +
    'prev-images-dir pre-dump-mode address port ps-socket status-fd tls-cacert tls-cacrl tls-cert tls-key config ' +
    'veth-pair'
  ).split(' '),
);
/** Their value stands behind `=`, or directly behind the short name. */
const withOptionalValue: ReadonlySet<string> = new Set(['cpu-cap', 'manage-cgroups', 'verbosity', 'ext-unix-sk']);
/** Values of these, which people write behind a blank as well. */
const cgroupModes: ReadonlySet<string> = new Set(['none', 'props', 'soft', 'full', 'strict', 'ignore']);
const plain: ReadonlySet<string> = new Set(
  (
    'restore-detached restore-sibling leave-stopped leave-running shell-job file-locks freeze-cgroup weak-sysctls ' +
    'lazy-pages stream mntns-compat-mode unprivileged allow-uprobes tcp-established skip-in-flight tcp-close ' +
    'evasive-devices link-remap ghost-fiemap force-irmap skip-file-rwx-check enable-external-sharing ' +
    'enable-external-masters auto-dedup track-mem page-server daemon display-stats log-pid no-default-config exec-cmd ' +
    'extra experimental all tls tls-no-cn-verify deprecated version help namespaces'
  ).split(' '),
);

/**
 * The options in their order. Taken are command lines (`-j --external unix[123] --ghost-limit=4M`, in quotes where
 * there are blanks), lines of a configuration file without dashes (`tcp-established`), and the words `criu dump`
 * before them. `refuse` is told of a word that is no option.
 */
export function parseCriuOptions(text: string, refuse: (word: string) => void = () => {}): readonly string[] {
  const words = splitWords(text);
  const options: string[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (/^(?:criu|dump|pre-dump)$/.test(word)) continue;
    if (word.startsWith('--')) readLong(word.slice(2), words, options);
    else if (/^-\w/.test(word)) readShort(word.slice(1), words, options, refuse);
    else if (isKnown(word.split('=', 1)[0] ?? '')) readLong(word, words, options);
    else refuse(word);
  }
  return options;
}

function isKnown(name: string): boolean {
  return withValue.has(name) || withOptionalValue.has(name) || plain.has(name);
}

/** Blanks part words but in quotes. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''));
}

function readLong(word: string, words: string[], options: string[]): void {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  const given = equals === -1 ? undefined : word.slice(equals + 1);
  const positive = name.startsWith('no-') ? name.slice(3) : '';
  if (plain.has(positive)) {
    const at = options.indexOf(`--${positive}`);
    if (at !== -1) options.splice(at, 1);
    return;
  }
  const isMode = name === 'manage-cgroups' && cgroupModes.has(words[0] ?? '');
  const value = given ?? (withValue.has(name) || isMode ? words.shift() : undefined);
  addOption(options, name, value);
}

/** `-jl`, `-t 812`, `-t812`, `-v4`. */
function readShort(letters: string, words: string[], options: string[], refuse: (word: string) => void): void {
  for (let at = 0; at < letters.length; at++) {
    const name = longNames[letters[at] ?? ''];
    if (name === undefined) {
      refuse(`-${letters}`);
      return;
    }
    const rest = letters.slice(at + 1);
    if (withValue.has(name)) {
      addOption(options, name, rest === '' ? words.shift() : rest);
      return;
    }
    if (withOptionalValue.has(name)) {
      addOption(options, name, rest === '' ? undefined : rest);
      return;
    }
    addOption(options, name, undefined);
  }
}

/** A list becomes one option for each; what is written anew and the old way is told the old way as well. */
function addOption(options: string[], name: string, value: string | undefined): void {
  const values = name === 'enable-fs' ? (value ?? '').split(',') : [value];
  for (const each of values) options.push(each === undefined ? `--${name}` : `--${name} ${each}`);
  const automatic = name === 'external' ? /^mnt\[\](?::([ms]*))?$/.exec(value ?? '') : null;
  if (automatic === null) return;
  options.push('--ext-mount-map auto');
  if (automatic[1]?.includes('s') === true) options.push('--enable-external-sharing');
  if (automatic[1]?.includes('m') === true) options.push('--enable-external-masters');
}

const mebibyte = 1024 * 1024;
const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: mebibyte, G: 1024 * mebibyte };

/** What `--ghost-limit` allows, in bytes: 1 MiB without it (criu/include/cr_options.h), undefined when it is no size. */
export function readGhostLimit(options: readonly string[]): number | undefined {
  const value = options.findLast((option) => option.startsWith('--ghost-limit '))?.slice('--ghost-limit '.length);
  if (value === undefined) return mebibyte;
  const [, digits, unit = ''] = /^(\d{1,15})([KMG]?)$/i.exec(value) ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit.toUpperCase()] ?? 1);
}
