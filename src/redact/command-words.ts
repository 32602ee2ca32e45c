/** Redacts a command as it was typed: settings that it makes, and what it passes to a program inside. */

import { editLines, hide, isHarmless, type Edit } from './edits.js';
import { isSecretName } from './secret-names.js';
import { findClosing, findValue, type Span } from './value-span.js';

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
  const edits: Edit[] = [];
  name.lastIndex = 0;
  for (let match = name.exec(line); match !== null; match = name.exec(line)) {
    const { start, end } = secretBehind(line, match);
    if (isHarmless(line.slice(start, end))) continue;
    edits.push(hide(start, end, 'secret-option'));
    // Not looked at again, so that a long line is walked once.
    name.lastIndex = end;
  }
  return edits;
}

function secretBehind(line: string, { index, 0: whole, 1: dashes, 2: word = '', 3: mark }: RegExpExecArray): Span {
  const from = index + whole.length;
  const isSet = mark === '=';
  const hasValue = isSet || dashes !== '' || /\.(?!keys?$)[^.]+$/.test(word);
  if (!hasValue || !isSecretName(word) || (!isSet && line[from] === '-')) return { start: from, end: from };
  const quotes = /\\{0,8}["']$/.exec(line.slice(Math.max(0, index - 9), index))?.[0];
  if (!isSet || quotes === undefined) return findValue(line, from, '');
  return { start: from, end: findClosing(line, from, quotes) };
}
