/** What of the answers of LXD and Incus may leave the host: by field, by configuration key, by device option. */

import { findAddressCredentials } from './addresses.js';
import { decideContainer } from './container-documents.js';
import type { Decide, Decision } from './decide.js';
import { redactLxcOptions } from './lxc-options.js';
import { redactMounts } from './mount-options.js';
import { isAccountName, isSecretName } from './secret-names.js';

/** Fields of `GET /1.0` and of `lxc info` (LXD 2.0 to 6, Incus 6) that tell nothing but software and features. */
const serverFields =
  /^(?:api_extensions|api_status|api_version|auth|auth_methods|public|environment\.(?:architectures|backup_metadata_version_range|driver\w*|firewall|instance_types|kernel\w*|lxc_features|os_name|os_version|project|server\w*|storage\w*)(?:\..*)?)$/;

/** The answer to the question for the server itself: what is not on the list goes. */
export const decideServer: Decide = (path) => {
  const inner = path[0] === 'metadata' ? path.slice(1) : path;
  if (serverFields.test(inner.join('.'))) return undefined;
  // `core.trust_password`, `oidc.client.secret`, `loki.auth.password`: to be looked for everywhere else.
  return inner[0] === 'config' && isSecretName(inner.at(-1) ?? '') ? 'secret-option' : 'server-info';
};

/** Prefixes of configuration keys of instances, networks and pools whose values are settings of the engine. */
const engineKeys =
  /^(?:agent|boot|cluster|image|limits|linux|migration|nvidia|placement|security|snapshots|volatile|bgp|bridge|dns|fan|ipv4|ipv6|maas|ovn|physical|tunnel|block|btrfs|ceph|cephfs|cephobject|dir|linstor|lvm|powerflex|rsync|truenas|volume|zfs|features|restricted)\.|^(?:acls|gvrp|mtu|network|parent|vlan|size|source|raw\.idmap)$/;

/** Keys of the engine that hold secrets although their names do not say so. */
const secretKeys = /^security\.sev\.session\.|\.(?:initial_)?user\.name$/;

function decideConfig(key: string): Decision {
  if (key === 'raw.lxc') return redactLxcOptions;
  if (!engineKeys.test(key)) return isSecretName(key) ? 'secret-option' : 'engine-config';
  if (isSecretName(key) || isAccountName(key) || secretKeys.test(key)) return 'secret-option';
  return findAddressCredentials;
}

/** Options of devices: plain words, and those of these families. */
const deviceOptions =
  /^(?:[a-z][a-z0-9_]*|(?:acceleration|agent|boot|ceph|cephfs|connected|host|initial|io|ipv4|ipv6|limits|maas|migration|queue|raw|recursive|security|shift|size|source|vlan)\.[a-z0-9_.]+)$/;

function decideDeviceOption(option: string): Decision {
  if (!deviceOptions.test(option)) return 'engine-config';
  if (isSecretName(option) || isAccountName(option)) return 'secret-option';
  return option.endsWith('mount.options') ? redactMounts : findAddressCredentials;
}

const configs = new Set(['config', 'expanded_config']);
const devices = new Set(['devices', 'expanded_devices']);

/** Instances, profiles, networks, storage pools: configuration by key, devices by option, wherever they stand. */
export const decideDocument: Decide = (path) => {
  const outermost = path.findIndex((key) => configs.has(key) || devices.has(key));
  if (outermost !== -1 && outermost < path.length - 1) {
    if (configs.has(path[outermost] ?? '')) return decideConfig(path.slice(outermost + 1).join('.'));
    return decideDeviceOption(path.slice(outermost + 2).join('.'));
  }
  const field = path.at(-1) ?? '';
  if (/^description$/i.test(field)) return 'description';
  if (field.startsWith('certificate') || /^(?:user|environment|cloud-init|raw)\./.test(field)) return 'engine-config';
  if (isSecretName(field)) return 'secret-option';
  return decideContainer(path) ?? findAddressCredentials;
};

/** Operations and warnings: of what an operation notes, its progress alone. Their descriptions are the engine's. */
export const decideOperation: Decide = (path) => {
  const field = path.at(-1) ?? '';
  if (field === 'description') return undefined;
  if (path.includes('metadata')) return field.endsWith('progress') ? undefined : 'operation-metadata';
  return decideDocument(path);
};
