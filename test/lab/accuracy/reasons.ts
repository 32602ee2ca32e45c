/** Why some things are not foreseen. Only printed beside a miss that happened: it changes nothing about what counts as one. */

export const reasons: Readonly<Record<string, string>> = {
  'sockets packet-member-twice': 'memberships of packet sockets show nowhere in /proc, and ss does not ask for them',
  'unix rights-of-terminal': 'that a descriptor waits in the queue can be seen, not what it is; most can be saved',
  'container: stopped process':
    'criu hangs; ended by its own alarm, it speaks of the freezer in some runs and of the process in others',
  'memory guarded [older criu]': 'this kernel shows guard pages in pagemap only, page by page',
};
