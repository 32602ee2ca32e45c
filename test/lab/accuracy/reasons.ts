/** Why some things are not foreseen. Only printed beside a miss that happened: it changes nothing about what counts as one. */

export const reasons: Readonly<Record<string, string>> = {
  'inet udp-corked-empty': 'the option UDP_CORK shows nowhere in /proc until data waits',
  'sockets netlink-high-group': '/proc and ss tell the first 32 groups of a netlink socket only',
  'sockets packet-member-twice': 'memberships of packet sockets show nowhere in /proc',
  'sockets new-filter': 'an eBPF filter of a socket shows nowhere in /proc',
  'unix rights-of-terminal': 'that a descriptor waits in the queue can be seen, not what it is; most can be saved',
  'unix credentials': 'credentials in the queue cannot be told from plain data',
  'anonymous memfd-huge': 'a memfd of huge pages is not told from a plain one while it is not mapped',
  'tasks leader-dead': 'the log is word for word that of a traced process; check names the true cause',
  'directory detached (mpniu)':
    'a working directory has no mount id in /proc, and looking at it may block when its server is dead',
  'memory guarded [older criu]': 'this kernel shows guard pages in pagemap only, page by page',
};
