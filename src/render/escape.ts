/** Makes untrusted text safe to print: one escape per output format, all built on the same first step. */

/**
 * What a terminal, an editor or a reader could be fooled by: control characters (C0, DEL, C1 and
 * with them ANSI sequences and line breaks), invisible format characters (bidi overrides,
 * zero-width ones, tags), line and paragraph separators, lone surrogates.
 */
const treacherous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Longest text that is printed in one piece, in code points; more says nothing to a reader. */
const maxShown = 2000;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function visible(character: string): string {
  const short = shortForms[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** One line of plain text in which nothing moves the cursor, hides or reorders. */
export function escapeText(text: string): string {
  return cut(text).replace(treacherous, visible);
}

/** Lines of text whose line breaks are ours, each escaped. Empty lines at the end are dropped. */
export function escapeLines(text: string): readonly string[] {
  return text.trimEnd().split(/\r?\n/).map(escapeText);
}

/**
 * Prose for Markdown: no markup, HTML, table border, mention, formula or link comes through. What
 * cannot mean anything stays as it is, because reports are read in plain text as well.
 */
export function escapeMarkdown(text: string): string {
  return escapeText(text)
    .replace(/[\\`*[\]|~$]/g, String.raw`\$&`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\_`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/@/g, '@<!-- -->')
    .replace(/^(\s*)([-+#=])/, String.raw`$1\$2`)
    .replace(/^(\s*\d+)([.)])/, String.raw`$1\$2`);
}

/** As {@link escapeMarkdown}, but words between backticks stay code: for the prose of rules. */
export function escapeMarkdownProse(text: string): string {
  return escapeText(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeMarkdown(part)))
    .join('');
}

/** An address as a link, when it is nothing but an address; else prose. */
export function markdownLink(text: string): string {
  return /^https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+$/.test(text) ? `<${text}>` : escapeMarkdown(text);
}

/** A name: as code when it is a plain word, so that it is safe in a table cell too; else as prose. */
export function markdownName(text: string): string {
  return /^[\w./+~-]+$/.test(text) ? `\`${text}\`` : escapeMarkdown(text);
}

/** Verbatim text inside a Markdown line; not for table cells, where a `|` ends even code. */
export function markdownCode(text: string): string {
  const shown = escapeText(text);
  const fence = '`'.repeat(longestBackticks(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Verbatim lines as a fenced Markdown block; `language` as GitHub knows it. */
export function markdownBlock(lines: readonly string[], language = 'text'): string {
  const shown = lines.map(escapeText);
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestBackticks(line) + 1)));
  return [`${fence}${language}`, ...shown, fence].join('\n');
}

/** JSON text whose strings mean the same but hold nothing treacherous as it is. */
export function escapeJson(json: string): string {
  return json.replace(treacherous, (character) => (character === '\n' ? character : jsonEscape(character)));
}

/**
 * Text for an XML builder that itself takes care of `<`, `&` and quotes. XML 1.0 forbids U+FFFE and
 * U+FFFF; `]]>` would end a CDATA section, and xmlbuilder 15 splits only the first one of a text.
 */
export function escapeXml(text: string): string {
  return escapeText(text)
    .replace(/[\ufffe\uffff]/g, visible)
    .replace(/\]\]>/g, String.raw`]]\x3e`);
}

/**
 * Text for HTML, in an element as well as in a quoted attribute. Noncharacters are no valid HTML (WHATWG HTML, 13.2.3.5).
 */
export function escapeHtml(text: string): string {
  return escapeMarkup(escapeText(text));
}

/** Whole text for a `<pre>`, however long: line breaks and tabs stay, all else that is treacherous becomes visible. */
export function escapeHtmlBlock(text: string): string {
  const shown = text.replaceAll('\r\n', '\n');
  return escapeMarkup(
    shown.replace(treacherous, (character) =>
      character === '\n' || character === '\t' ? character : visible(character),
    ),
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return text
    .replace(/\p{Noncharacter_Code_Point}/gu, visible)
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

function longestBackticks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function cut(text: string): string {
  if (text.length <= maxShown) return text;
  const kept = text.slice(0, maxShown).replace(/[\ud800-\udbff]$/, '');
  return `${kept} … (${text.length - kept.length} more characters)`;
}
