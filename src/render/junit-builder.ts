/** The builder of JUnit XML, and text that is safe in it. */

import junit, { type Builder } from 'junit-report-builder';

import { escapeLines, escapeXml } from './escape.js';

/** Untrusted lines as one text. */
export function xmlLines(texts: readonly string[]): string {
  return texts.map(escapeXml).join('\n');
}

/** Text whose line breaks are ours. */
export function xmlText(text: string): string {
  return escapeLines(text).map(escapeXml).join('\n');
}

/** The package's declarations speak of an ES module; what Node loads is CommonJS and is the builder itself. */
export function newBuilder(): Builder {
  const loaded: unknown = junit;
  if (!isBuilder(loaded)) throw new Error('junit-report-builder gave no builder');
  return loaded.newBuilder();
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === 'object' && value !== null && 'newBuilder' in value;
}
