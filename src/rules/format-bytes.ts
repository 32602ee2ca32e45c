/** Amounts of memory and disk as people write them. */

/** `1610612736` -> `1.5 GiB`. */
export function formatBytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || Number.isInteger(value) ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
