/** Redacts a command as it was typed: settings that it makes, and what it passes to a program inside. */

import { editLines, findAll, hide, isHarmless, type Edit } from './edits.js';
import { isSecretName } from './secret-names.js';
import { findClosing, findValue } from './value-span.js';

/** A setting of the user, `user.x=…` or `user.x …`, and variables: `--env X=…`. */
const setting =
  /(?<![\w.-])(?:user|environment|cloud-init|raw|systemd\.credential)\.[\w.-]{1,200}(?:=| {1,4})|(?<=\s)(?:-e|--env)[ =]{1,4}[^\s=]{1,200}=/g;

/** What is set to a value or has one behind it: `KEY=`, `--auth-key=`, `--key `, `core.trust_password `. */
const name = /(?<![\w./-])(-{0,2})([A-Za-z_][\w.-]{0,100})(=|\\{0,8}["']? {1,4})/g;

export function redactCommandWords(text: string): readonly Edit[] {
  return editLines(text, (line) => [...findSettings(line), ...findSecretWords(line)]);
}

/** From the first of them to the end of its line: blanks inside of values cannot be told from those between. */
function findSettings(line: string): readonly Edit[] {
  setting.lastIndex = 0;
  const match = setting.exec(line);
  if (match === null) return [];
  const start = match.index + match[0].length;
  return isHarmless(line.slice(start)) ? [] : [hide(start, line.length, 'config-value')];
}

/** Values of words whose names speak of a secret. */
function findSecretWords(line: string): readonly Edit[] {
  return findAll(name, line).flatMap(({ index, 0: whole, 1: dashes = '', 2: word = '', 3: mark = '' }) => {
    const hasValue = mark === '=' || dashes !== '' || /\.(?!keys?$)[^.]+$/.test(word);
    if (!hasValue || !isSecretName(word)) return [];
    const from = index + whole.length;
    if (mark !== '=' && line[from] === '-') return [];
    const quotes = /\\{0,8}["']$/.exec(line.slice(Math.max(0, index - 9), index))?.[0];
    const isInside = mark === '=' && quotes !== undefined;
    const { start, end } = isInside ? { start: from, end: findClosing(line, from, quotes) } : findValue(line, from, '');
    return isHarmless(line.slice(start, end)) ? [] : [hide(start, end, 'secret-option')];
  });
}
