import { expect, test } from 'vitest';

import { groupTriages } from '../../src/findings/group.js';
import { triage } from '../render/samples.js';

const [diagnosis] = triage().diagnoses;
const of = (input: string, signature: string, confidence = 0.9) => ({
  input,
  triage: triage({ signature, diagnoses: [{ ...diagnosis!, cause: input, confidence }] }),
});

test('failures with the same signature belong together, the most frequent ones first, good runs last', () => {
  const good = { input: 'good', triage: triage({ result: 'no-failure', signature: '', diagnoses: [] }) };
  const { groups } = groupTriages([good, of('a', 'x'), of('b', 'y'), of('c', 'y')], []);
  expect(groups.map(({ signature, inputs }) => [signature, inputs.map(({ input }) => input)])).toEqual([
    ['y', ['b', 'c']],
    ['x', ['a']],
    ['', ['good']],
  ]);
});

test('the surest diagnosis speaks for a group', () => {
  expect(groupTriages([of('a', 'x', 0.6), of('b', 'x', 0.9)], []).groups[0]?.diagnosis).toMatchObject({ cause: 'b' });
});
