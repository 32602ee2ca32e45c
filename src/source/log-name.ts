/** Names that logs have. */

/** Under which engines and people keep logs, as they are rotated and packed. */
const logName =
  /(?:\.(?:log|txt|out|err)|^(?:dmesg|syslog|messages|journal|output|stderr|error)[\w.-]*)(?:[.-]\d{1,14})?(?:\.(?:gz|xz|zst|bz2))?$/i;
/** What a container printed on its console is none of ours. */
const consoleName = /^console\.log/;

/** True for the names that logs have. */
export const isLogName = (name: string): boolean => logName.test(name) && !consoleName.test(name);
