/** Incus. */

import { createFamilyEngine } from './lxd-family.js';

export const incus = createFamilyEngine({
  name: 'incus',
  title: 'Incus',
  client: 'incus',
  traces: ['/var/lib/incus'],
  service: { deb: 'incus', snap: 'incus', other: 'incus' },
  socketGroup: 'incus-admin',
  placesFor: () => ({ logs: '/var/log/incus', config: '/run/incus', data: '/var/lib/incus' }),
  daemonLogs: ['incusd.log', 'incus.log', '/var/lib/incus/logs/incusd.log'],
  bridge: 'incusbr0',
  snapshots: 'containers-snapshots',
});
