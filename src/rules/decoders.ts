/** Numbers that logs print, in words: devices, protocols, address families, errors, signals, file modes. */

interface DeviceEntry {
  readonly type: 'chr' | 'blk';
  readonly major: number;
  /** First and last minor; left out = every minor. */
  readonly minors?: readonly [number, number];
  readonly name: string;
}

/**
 * Devices that containers hold. Majors and minors: linux/Documentation/admin-guide/devices.txt; those of
 * NVIDIA: its driver's README. The first entry that fits is taken.
 */
const devices: readonly DeviceEntry[] = [
  { type: 'chr', major: 1, minors: [1, 1], name: '/dev/mem, the physical memory' },
  { type: 'chr', major: 1, minors: [3, 3], name: '/dev/null' },
  { type: 'chr', major: 1, minors: [4, 4], name: '/dev/port, the I/O ports' },
  { type: 'chr', major: 1, minors: [11, 11], name: '/dev/kmsg, the kernel log' },
  { type: 'chr', major: 1, name: 'a memory device' },
  { type: 'chr', major: 4, minors: [0, 63], name: 'a virtual console' },
  { type: 'chr', major: 4, name: 'a serial line' },
  { type: 'chr', major: 5, minors: [0, 0], name: '/dev/tty, the terminal of the process' },
  { type: 'chr', major: 5, minors: [1, 1], name: '/dev/console' },
  { type: 'chr', major: 5, minors: [2, 2], name: '/dev/ptmx' },
  { type: 'chr', major: 6, name: 'a parallel printer' },
  { type: 'chr', major: 7, name: 'the memory of a virtual console' },
  { type: 'chr', major: 9, name: 'a SCSI tape' },
  { type: 'chr', major: 10, minors: [130, 130], name: '/dev/watchdog, the watchdog' },
  { type: 'chr', major: 10, minors: [144, 144], name: '/dev/nvram' },
  { type: 'chr', major: 10, minors: [183, 183], name: '/dev/hwrng, the hardware random generator' },
  { type: 'chr', major: 10, minors: [196, 196], name: '/dev/vfio/vfio' },
  { type: 'chr', major: 10, minors: [200, 200], name: '/dev/net/tun' },
  { type: 'chr', major: 10, minors: [223, 223], name: '/dev/uinput, made-up input devices' },
  { type: 'chr', major: 10, minors: [228, 228], name: '/dev/hpet, a timer' },
  { type: 'chr', major: 10, minors: [229, 229], name: '/dev/fuse: a FUSE file system is served from inside' },
  { type: 'chr', major: 10, minors: [232, 232], name: '/dev/kvm, virtual machines' },
  { type: 'chr', major: 10, minors: [234, 234], name: '/dev/btrfs-control' },
  { type: 'chr', major: 10, minors: [235, 235], name: '/dev/autofs' },
  { type: 'chr', major: 10, minors: [236, 236], name: '/dev/mapper/control, the device mapper' },
  { type: 'chr', major: 10, minors: [237, 237], name: '/dev/loop-control' },
  { type: 'chr', major: 10, minors: [238, 238], name: '/dev/vhost-net' },
  { type: 'chr', major: 10, minors: [239, 239], name: '/dev/uhid, made-up input devices' },
  { type: 'chr', major: 10, minors: [241, 241], name: '/dev/vhost-vsock' },
  { type: 'chr', major: 10, minors: [242, 242], name: '/dev/rfkill' },
  { type: 'chr', major: 10, name: 'a miscellaneous device (see /proc/misc)' },
  { type: 'chr', major: 13, name: 'an input device (keyboard, mouse, joystick)' },
  { type: 'chr', major: 14, name: 'a sound device (OSS)' },
  { type: 'chr', major: 21, name: 'a SCSI device' },
  { type: 'chr', major: 29, name: 'a frame buffer' },
  { type: 'chr', major: 81, name: 'a video device (Video4Linux)' },
  { type: 'chr', major: 89, name: 'an I2C bus' },
  { type: 'chr', major: 90, name: 'flash memory (MTD)' },
  { type: 'chr', major: 108, name: '/dev/ppp' },
  { type: 'chr', major: 116, name: 'a sound device (ALSA)' },
  { type: 'chr', major: 166, name: 'a USB modem (ttyACM)' },
  { type: 'chr', major: 180, name: 'a USB device' },
  { type: 'chr', major: 188, name: 'a USB serial line' },
  { type: 'chr', major: 189, name: 'a USB device (raw)' },
  { type: 'chr', major: 195, minors: [254, 254], name: 'the NVIDIA mode setting device' },
  { type: 'chr', major: 195, minors: [255, 255], name: 'the NVIDIA control device' },
  { type: 'chr', major: 195, name: 'an NVIDIA graphics card' },
  { type: 'chr', major: 202, name: 'the MSRs of a CPU' },
  { type: 'chr', major: 203, name: 'the CPUID of a CPU' },
  { type: 'chr', major: 204, name: 'a serial line' },
  { type: 'chr', major: 226, name: 'a graphics card (DRM)' },
  { type: 'chr', major: 229, name: 'a hypervisor console' },
  { type: 'chr', major: 231, name: 'an InfiniBand device' },
  { type: 'blk', major: 1, name: 'a RAM disk' },
  { type: 'blk', major: 7, name: 'a loop device' },
  { type: 'blk', major: 8, name: 'a SCSI or SATA disk' },
  { type: 'blk', major: 9, name: 'an MD RAID' },
  { type: 'blk', major: 11, name: 'a CD-ROM' },
  { type: 'blk', major: 43, name: 'a network block device' },
  { type: 'blk', major: 147, name: 'a DRBD device' },
  { type: 'blk', major: 202, name: 'a Xen disk' },
  { type: 'blk', major: 230, name: 'a ZFS volume' },
];

/** Majors that the kernel hands out as it boots; the same number is another device on another host. */
const isDynamic = (major: number): boolean => (major >= 234 && major <= 254) || major >= 384;

/** `deviceName('chr', '195', '255')` -> `the NVIDIA control device`; an unlisted one by its numbers. */
export const deviceName = (type: string, major: string, minor: string): string => {
  const numbers = { major: Number(major), minor: Number(minor) };
  const entry = devices.find(
    (each) =>
      each.type === type &&
      each.major === numbers.major &&
      (each.minors === undefined || (numbers.minor >= each.minors[0] && numbers.minor <= each.minors[1])),
  );
  if (entry !== undefined) return entry.name;
  const kind = type === 'blk' ? 'block' : 'character';
  const hint = isDynamic(numbers.major) ? `, a number given out at boot: see /proc/devices of that host` : '';
  return `the ${kind} device ${major}:${minor}${hint}`;
};

const lookUp = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** Numbers: linux/include/uapi/linux/in.h and the registry of IANA. */
const protocols: Readonly<Record<string, string>> = {
  '1': 'ICMP (ping)',
  '2': 'IGMP',
  '6': 'TCP',
  '17': 'UDP',
  '33': 'DCCP',
  '41': 'IPv6 in IPv4',
  '46': 'RSVP',
  '47': 'GRE',
  '50': 'ESP (IPsec)',
  '51': 'AH (IPsec)',
  '58': 'ICMPv6 (ping)',
  '89': 'OSPF',
  '103': 'PIM',
  '112': 'VRRP',
  '115': 'L2TP',
  '132': 'SCTP',
  '136': 'UDP-Lite',
  '143': 'Ethernet over IP',
  '255': 'raw IP',
  '256': 'SMC',
  '262': 'MPTCP',
};

/** `protocolName('262')` -> `MPTCP`. */
export const protocolName = (protocol: string): string => lookUp(protocols, protocol) ?? `protocol ${protocol}`;

/** Numbers: linux/include/linux/socket.h. */
const families: Readonly<Record<string, string>> = {
  '1': 'unix',
  '2': 'IPv4',
  '3': 'AX.25',
  '4': 'IPX',
  '5': 'AppleTalk',
  '8': 'ATM PVC',
  '9': 'X.25',
  '10': 'IPv6',
  '15': 'PF_KEY (IPsec keys)',
  '16': 'netlink',
  '17': 'packet',
  '20': 'ATM SVC',
  '21': 'RDS',
  '24': 'PPPoE',
  '26': 'LLC',
  '27': 'InfiniBand',
  '28': 'MPLS',
  '29': 'CAN',
  '30': 'TIPC',
  '31': 'Bluetooth',
  '33': 'RxRPC (AFS)',
  '34': 'ISDN',
  '35': 'Phonet',
  '36': 'IEEE 802.15.4',
  '37': 'CAIF',
  '38': 'AF_ALG (kernel crypto)',
  '39': 'NFC',
  '40': 'vsock',
  '41': 'KCM',
  '42': 'Qualcomm IPC router',
  '43': 'SMC',
  '44': 'XDP',
  '45': 'MCTP',
};

/** `familyName('40')` -> `vsock`. */
export const familyName = (family: string): string => lookUp(families, family) ?? `address family ${family}`;

/** Numbers and texts: linux/include/uapi/asm-generic/errno{-base,}.h, glibc's strerror. */
const errors: Readonly<Record<string, string>> = {
  '1': 'EPERM: operation not permitted',
  '2': 'ENOENT: no such file or directory',
  '3': 'ESRCH: no such process',
  '4': 'EINTR: interrupted',
  '5': 'EIO: input/output error',
  '9': 'EBADF: bad file descriptor',
  '10': 'ECHILD: no child process',
  '11': 'EAGAIN: try again',
  '12': 'ENOMEM: out of memory',
  '13': 'EACCES: permission denied',
  '14': 'EFAULT: bad address',
  '16': 'EBUSY: device or resource busy',
  '17': 'EEXIST: exists already',
  '19': 'ENODEV: no such device',
  '20': 'ENOTDIR: not a directory',
  '22': 'EINVAL: invalid argument',
  '24': 'EMFILE: too many open files',
  '25': 'ENOTTY: no such operation on this kind of file',
  '27': 'EFBIG: file too large',
  '28': 'ENOSPC: no space left',
  '30': 'EROFS: read-only file system',
  '32': 'EPIPE: the other end is gone',
  '38': 'ENOSYS: not in this kernel',
  '39': 'ENOTEMPTY: directory not empty',
  '40': 'ELOOP: too many symbolic links',
  '52': 'EBADE: criu failed',
  '56': 'EBADRQC: criu did not accept the options',
  '61': 'ENODATA: no data',
  '92': 'ENOPROTOOPT: no such socket option',
  '93': 'EPROTONOSUPPORT: protocol not supported',
  '95': 'EOPNOTSUPP: operation not supported',
  '97': 'EAFNOSUPPORT: address family not supported',
  '98': 'EADDRINUSE: address in use',
  '99': 'EADDRNOTAVAIL: address not available',
  '104': 'ECONNRESET: connection reset',
  '107': 'ENOTCONN: not connected',
  '110': 'ETIMEDOUT: timed out',
  '111': 'ECONNREFUSED: connection refused',
  '116': 'ESTALE: stale file handle',
};

/** `errnoText('-52')` -> `EBADE: criu failed`; the sign does not matter. */
export const errnoText = (number: string): string =>
  lookUp(errors, number.replace(/^[-+]/, '')) ?? `error ${number.replace(/^[-+]/, '')}`;

/** Numbers: linux/include/uapi/asm-generic/signal.h; x86, arm and riscv agree. */
const signals: Readonly<Record<string, string>> = {
  '1': 'SIGHUP, hung up',
  '2': 'SIGINT, interrupted',
  '3': 'SIGQUIT, quit',
  '4': 'SIGILL, illegal instruction',
  '5': 'SIGTRAP, trap',
  '6': 'SIGABRT, aborted',
  '7': 'SIGBUS, bus error',
  '8': 'SIGFPE, arithmetic error',
  '9': 'SIGKILL, killed',
  '10': 'SIGUSR1',
  '11': 'SIGSEGV, segmentation fault',
  '12': 'SIGUSR2',
  '13': 'SIGPIPE, broken pipe',
  '14': 'SIGALRM, alarm',
  '15': 'SIGTERM, told to end',
  '17': 'SIGCHLD, child changed',
  '19': 'SIGSTOP, stopped',
  '20': 'SIGTSTP, stopped from the keyboard',
  '21': 'SIGTTIN, wanted to read from its terminal',
  '22': 'SIGTTOU, wanted to write to its terminal',
  '24': 'SIGXCPU, CPU time limit',
  '25': 'SIGXFSZ, file size limit',
  '31': 'SIGSYS, forbidden system call (seccomp)',
};

/** `signalText('11')` -> `SIGSEGV, segmentation fault`. */
export const signalText = (number: string): string => lookUp(signals, number) ?? `signal ${number}`;

/** File types by the octal digits in front of the last four: linux/include/uapi/linux/stat.h. */
const fileTypes: Readonly<Record<string, string>> = {
  '0': 'an object of the kernel without a file',
  '1': 'a fifo',
  '2': 'a character device',
  '4': 'a directory',
  '6': 'a block device',
  '10': 'a regular file',
  '12': 'a symbolic link',
  '14': 'a socket',
};

/** `fileModeText('20660')` -> `a character device`: st_mode in octal as CRIU prints it. */
export const fileModeText = (mode: string): string => {
  const value = /^[0-7]{1,7}$/.test(mode) ? Number.parseInt(mode, 8) : Number.NaN;
  const type = (value >> 12).toString(8);
  return Number.isNaN(value) ? `a file of mode ${mode}` : (lookUp(fileTypes, type) ?? `a file of mode ${mode}`);
};
