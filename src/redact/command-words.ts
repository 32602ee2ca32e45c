/** Redacts a command as it was typed: settings that it makes, and what it passes to a program inside. */

import { editLines, hide, isHarmless, type Edit } from './edits.js';

/** A setting of the user, `user.x=…` or `user.x …`, and variables: `--env X=…`. */
const setting =
  /(?<![\w.-])(?:user|environment|cloud-init|raw|systemd\.credential)\.[\w.-]{1,200}(?:=| {1,4})|(?<=\s)(?:-e|--env)[ =]{1,4}[^\s=]{1,200}=/g;

/** From the first of them to the end of its line: blanks inside of values cannot be told from those between. */
export function redactCommandWords(text: string): readonly Edit[] {
  return editLines(text, (line) => {
    setting.lastIndex = 0;
    const match = setting.exec(line);
    if (match === null) return [];
    const start = match.index + match[0].length;
    return isHarmless(line.slice(start)) ? [] : [hide(start, line.length, 'config-value')];
  });
}
