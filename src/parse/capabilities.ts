/** Names of Linux capabilities. */

/** By number, from include/uapi/linux/capability.h (Linux 6.12); 40 is the last one there. */
const names = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
];

/** Names of the capabilities in a mask as /proc/PID/status prints it: `000001ffffffffff` -> cap_chown … */
export function parseCapabilities(mask: string): readonly string[] | undefined {
  if (!/^[0-9a-f]{1,16}$/i.test(mask)) return undefined;
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: 64 }, (_, number) => number)
    .filter((number) => (bits >> BigInt(number)) & 1n)
    .map((number) => `cap_${names[number] ?? number}`);
}
