/** Names that logs have. */

/** Under which engines and people keep logs, as they are rotated and packed. */
const logName =
  /(?:\.(?:log|txt|out|err)|^(?:dmesg|syslog|messages|journal|output|stderr|error)[\w.-]*)(?:[.-]\d{1,14})?(?:\.(?:gz|xz|zst|bz2))?$/i;
/** What a container printed on its console is none of ours. */
const consoleName = /^console\.log/;

/** True for the name of the file in which somebody wrote down what made the logs beside it. */
export const isVersionsName = (name: string): boolean => /(?:^|\/)versions\.json$/.test(name);

/** True for the names that logs have, and for the one under which versions are written down beside them. */
export const isLogName = (name: string): boolean =>
  (logName.test(name) && !consoleName.test(name)) || isVersionsName(name);
