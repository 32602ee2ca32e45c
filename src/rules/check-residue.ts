/** What `rules check` refuses in a residue file: a shell, recursive deletion, words that nothing fills, wrong tests. */

import { captureNames } from './captures.js';
import { patternRisk } from './pattern-risk.js';
import { fillArgv, matchResidue, residuePlaces, type ResidueFile } from './residue.js';

interface Complaint {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Programs that run other programs or delete what they are not told about. */
const refused: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'env', 'xargs', 'eval', 'sudo', 'rm', 'find']);

/** Complaints about a residue whose shape is already known to be right. */
export function checkResidue(residue: ResidueFile): readonly Complaint[] {
  const pattern = patternComplaints(residue);
  return [...pattern, ...argvComplaints(residue), ...(pattern.length > 0 ? [] : testComplaints(residue))];
}

function patternComplaints({ detect }: ResidueFile): readonly Complaint[] {
  const path = ['detect', 'line'];
  // A place stands for plain text, so any letter does for it here.
  const pattern = detect.line.replaceAll(/\{(?:[a-z]+)\}/g, 'x');
  try {
    if (new RegExp(pattern).test('')) return [{ path, message: 'the pattern matches an empty line' }];
  } catch (error) {
    return [{ path, message: error instanceof Error ? error.message : String(error) }];
  }
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) {
    return [{ path, message: 'the pattern has to match a whole line, from ^ to $' }];
  }
  const risk = patternRisk(pattern);
  return risk === undefined ? [] : [{ path, message: `too slow on hostile text: ${risk}` }];
}

function argvComplaints({ detect, clean, cleanAfter, byHand }: ResidueFile): readonly Complaint[] {
  const captures = captureNames(detect.line);
  const cleaning = [
    ...clean.map((words, index) => ({ words, path: ['clean', index], names: [...residuePlaces, ...captures] })),
    ...cleanAfter.map((words, index) => ({ words, path: ['cleanAfter', index], names: [...residuePlaces] })),
  ];
  const detecting = { words: detect.run, path: ['detect', 'run'], names: [...residuePlaces] };
  return [
    ...[...cleaning, detecting].flatMap(({ words, path, names }) => nameComplaints(words, path, names)),
    ...cleaning.flatMap(({ words: [program = ''], path }) =>
      refused.has(program.replace(/^.*\//, '')) ? [{ path, message: `${program} is not allowed here` }] : [],
    ),
    ...(/^(?:ba|da)?sh$/.test(detect.run[0] ?? '')
      ? [{ path: ['detect', 'run'], message: 'a shell is not allowed here' }]
      : []),
    ...(clean.length === 0 && cleanAfter.length === 0 && byHand === undefined
      ? [{ path: ['clean'], message: 'there is neither clean nor byHand' }]
      : []),
  ];
}

function nameComplaints(
  words: readonly string[],
  path: readonly (string | number)[],
  names: readonly string[],
): readonly Complaint[] {
  const used = words.flatMap((word) => [...word.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return used.filter((name) => !names.includes(name)).map((name) => ({ path, message: `nothing fills {${name}}` }));
}

/** Places are filled with their own names in tests. */
const testValues = Object.fromEntries(residuePlaces.map((name) => [name, name]));

function testComplaints(residue: ResidueFile): readonly Complaint[] {
  const complaints = residue.tests.flatMap(({ output, finds }, index) => {
    const found = matchResidue(residue, output, testValues).map(({ line, captures }) => {
      const [first] = residue.clean;
      return first === undefined ? line : (fillArgv(first, { ...testValues, ...captures }) ?? []).join(' ');
    });
    const isRight = found.length === finds.length && found.every((each, place) => each === finds[place]);
    const message = `finds ${JSON.stringify(found)}`;
    return isRight ? [] : [{ path: ['tests', index, 'finds'], message }];
  });
  const counts = residue.tests.map(({ finds }) => finds.length);
  if (!counts.some((count) => count > 0)) complaints.push({ path: ['tests'], message: 'no test finds anything' });
  if (!counts.includes(0)) complaints.push({ path: ['tests'], message: 'no test finds nothing' });
  return complaints;
}
