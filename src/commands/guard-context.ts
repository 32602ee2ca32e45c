/** What the steps of one guarded command share. */

import type { EngineAccess } from '../actions/access-engine.js';
import type { GuardStore, OpenGuard } from '../actions/guard-store.js';
import type { RuleSet } from '../rules/load.js';
import type { Source } from '../source/source.js';
import type { GuardArguments } from './guard-options.js';
import type { GuardVoice } from './guard-voice.js';
import type { Invocation } from './invocation.js';
import type { OpenTarget } from './open-target.js';

export interface GuardContext {
  readonly guard: OpenGuard;
  readonly store: GuardStore;
  readonly access: EngineAccess;
  readonly source: Source;
  /** The host that a move goes to. */
  readonly target: OpenTarget | undefined;
  readonly rules: RuleSet;
  readonly voice: GuardVoice;
  readonly parsed: GuardArguments;
  readonly invocation: Invocation;
}
