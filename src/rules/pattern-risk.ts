/** Finds what makes a regular expression slow on hostile text; logs and facts come from strangers. */

import { RegExpParser, visitRegExpAST, type AST } from '@eslint-community/regexpp';

/** Repetitions beyond this count as without bound. */
const widestBound = 4096;

/**
 * Why a pattern is refused, one sentence; undefined when it is acceptable. It is, when no repetition
 * holds another one or a choice (that backtracks exponentially), and when at most one stretch of
 * anything is without bound (more of them take the square or the cube of the length of a line).
 */
export function patternRisk(pattern: string): string | undefined {
  const risks: string[] = [];
  let wide = 0;
  visitRegExpAST(new RegExpParser().parsePattern(pattern), {
    onQuantifierEnter(quantifier) {
      if (quantifier.max > 1 && isVariable(quantifier.element)) {
        risks.push(`a repetition holds another one or a choice: ${quantifier.raw}`);
      }
      if (quantifier.max >= widestBound && matchesAnything(quantifier.element)) wide += 1;
    },
    onAlternativeEnter(alternative) {
      const pair = overlappingPair(alternative);
      if (pair !== undefined) risks.push(`two repetitions of the same follow each other: ${pair}`);
    },
  });
  if (wide > 1) risks.push('more than one stretch of anything without bound; write .{0,200} instead of .*');
  return risks[0];
}

/** Whether an element can match in more than one way: it has a choice or a repetition inside. */
function isVariable(element: AST.QuantifiableElement): boolean {
  if (element.type !== 'Group' && element.type !== 'CapturingGroup') return false;
  if (element.alternatives.length > 1) return true;
  let isFound = false;
  visitRegExpAST(element, {
    onQuantifierEnter(inner) {
      if (inner.max !== inner.min) isFound = true;
    },
    onAlternativeEnter(alternative) {
      if (alternative.parent.alternatives.length > 1) isFound = true;
    },
  });
  return isFound;
}

function matchesAnything(element: AST.QuantifiableElement): boolean {
  return element.type === 'CharacterSet' && element.kind === 'any';
}

/** `\S+\S+`: how the text is shared out between them is tried in every way. */
function overlappingPair({ elements }: AST.Alternative): string | undefined {
  for (const [index, element] of elements.entries()) {
    const next = elements[index + 1];
    if (element.type !== 'Quantifier' || next?.type !== 'Quantifier') continue;
    const areWide = element.max >= widestBound && next.max >= widestBound;
    if (areWide && element.element.raw === next.element.raw) return element.raw + next.raw;
  }
  return undefined;
}
