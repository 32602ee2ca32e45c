/** Reads what `uname -a` prints. */

export interface Uname {
  readonly hostname: string;
  readonly machine: string;
}

/**
 * Node and hardware name. The machine is the last word before the name of the system, where
 * distributions may repeat it for processor and platform:
 *
 *     Linux vm 6.12.48+deb13-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20) x86_64 GNU/Linux
 *     Linux host 6.6.8 #1 SMP Tue Jan 2 10:00:00 UTC 2024 x86_64 x86_64 x86_64 GNU/Linux
 */
export function parseUname(text: string): Uname | undefined {
  const [system, hostname, , ...rest] = text.trim().split(/\s+/);
  const machine = rest.at(-2);
  return system === 'Linux' && hostname !== undefined && machine !== undefined ? { hostname, machine } : undefined;
}
