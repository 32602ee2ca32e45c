/** LXD, from a distribution's package or the snap. */

import { createFamilyEngine } from './lxd-family.js';

export const lxd = createFamilyEngine({
  name: 'lxd',
  title: 'LXD',
  client: 'lxc',
  // Ubuntu's lxd-installer has an `lxc` that installs the snap when it is run, so the client alone is no sign.
  traces: ['/var/lib/lxd', '/var/snap/lxd/common/lxd'],
  service: { deb: 'lxd', snap: 'snap.lxd.daemon', other: 'lxd' },
  socketGroup: 'lxd',
  placesFor: (packaging) =>
    packaging === 'snap'
      ? {
          logs: '/var/snap/lxd/common/lxd/logs',
          config: '/var/snap/lxd/common/lxd/logs',
          data: '/var/snap/lxd/common/lxd',
        }
      : { logs: '/var/log/lxd', config: '/var/log/lxd', data: '/var/lib/lxd' },
  daemonLogs: ['lxd.log', '/var/log/lxd.log'],
  bridge: 'lxdbr0',
  snapshots: 'snapshots',
});
