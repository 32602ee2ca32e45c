/** What a caller may wish of a rendering. */

export interface TextOptions {
  readonly hasColor: boolean;
  /** Width of the terminal; longer lines are broken at spaces. */
  readonly columns: number;
  /** Adds why, references and evidence to each finding. */
  readonly explain: boolean;
  /** Adds what was looked at and found harmless, the arithmetic and the limits of the check. */
  readonly verbose: boolean;
}

export interface CheckContext {
  /** Why evidence could not be read, by its id, as findings/lack-key.ts writes it for two hosts. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Risks count as failures. */
  readonly strict: boolean;
  /** What was judged is a report, which can be made again but not looked into any further. */
  readonly isRecorded?: boolean;
}
