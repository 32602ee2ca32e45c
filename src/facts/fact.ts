/** Building blocks of the vocabulary of rules: the kinds of facts, and the values that fit them. */

import type { EvidenceId } from '../source/source.js';

interface Leaf<Kind extends string, Value> {
  readonly kind: Kind;
  readonly doc: string;
  readonly evidence: readonly EvidenceId[];
  /** Only for the compiler: the type of a value. */
  readonly value?: Value;
}
export type TextFact = Leaf<'text', string>;
export type NumberFact = Leaf<'number', number>;
export type FlagFact = Leaf<'flag', boolean>;
export type TextsFact = Leaf<'texts', readonly string[]>;
export type TextMapFact = Leaf<'text-map', Readonly<Record<string, string>>>;
export interface RecordsFact<Fields extends FactFields> extends Leaf<'records', never> {
  /** Name of the element type in the rule language. */
  readonly element: string;
  readonly fields: Fields;
}
export interface RecordFact<Fields extends FactFields> {
  readonly kind: 'record';
  readonly fields: Fields;
}
export type Fact =
  | TextFact
  | NumberFact
  | FlagFact
  | TextsFact
  | TextMapFact
  | RecordsFact<FactFields>
  | RecordFact<FactFields>;
export interface FactFields {
  readonly [name: string]: Fact;
}

/** The values that fit a fact; every member may be missing, which means "not known". */
export type ValueOf<F extends Fact> =
  F extends RecordFact<infer Fields>
    ? ValuesOf<Fields>
    : F extends RecordsFact<infer Fields>
      ? readonly ValuesOf<Fields>[]
      : F extends Leaf<string, infer Value>
        ? Value
        : never;
export type ValuesOf<Fields extends FactFields> = { readonly [Name in keyof Fields]?: ValueOf<Fields[Name]> };

export const text = (doc: string, ...evidence: EvidenceId[]): TextFact => ({ kind: 'text', doc, evidence });
export const number = (doc: string, ...evidence: EvidenceId[]): NumberFact => ({ kind: 'number', doc, evidence });
export const flag = (doc: string, ...evidence: EvidenceId[]): FlagFact => ({ kind: 'flag', doc, evidence });
export const texts = (doc: string, ...evidence: EvidenceId[]): TextsFact => ({ kind: 'texts', doc, evidence });
export const textMap = (doc: string, ...evidence: EvidenceId[]): TextMapFact => ({ kind: 'text-map', doc, evidence });
export const record = <const Fields extends FactFields>(fields: Fields): RecordFact<Fields> => ({
  kind: 'record',
  fields,
});
export const records = <const Fields extends FactFields>(
  element: string,
  doc: string,
  evidence: readonly EvidenceId[],
  fields: Fields,
): RecordsFact<Fields> => ({ kind: 'records', element, doc, evidence, fields });
