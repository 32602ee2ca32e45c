/** The steps before a guarded command runs: check, insure, mark. */

import { findChangedFiles } from '../actions/find-changed-files.js';
import { isSameInstance, isUnfinished } from '../actions/guard-record.js';
import { listGuards } from '../actions/guard-store.js';
import { insure } from '../actions/insure.js';
import { observe, type Look } from '../actions/observe.js';
import { observeTarget } from '../actions/observe-target.js';
import { planInsurance, type InsurancePlans } from '../actions/plan-insurance.js';
import { setMark } from '../actions/set-mark.js';
import { startTimeOf } from '../actions/start-time-of.js';
import type { Action } from '../engines/action.js';
import { UserError } from '../errors.js';
import { renderCheckText } from '../render/check-text.js';
import { checkAction, openBlockers, requireFitting, requireFreeTarget } from './guard-checking.js';
import type { GuardContext } from './guard-context.js';
import type { Judged } from './judging.js';
import { textOptionsOf } from './output-options.js';

/** Check, insure, mark. @throws {UserError} the command is not to be run */
export async function prepareGuard(context: GuardContext): Promise<void> {
  const { guard, voice, source, access, invocation } = context;
  const { action } = guard.record();
  await guard.begin('check');
  await tellUnfinished(context);
  const look = await observe(source, access.guarded);
  requireFitting(action, look);
  if (action.target !== undefined)
    requireFreeTarget(await observeTarget(source, access.guarded.engine, action.target), action);
  if (context.target?.problem !== undefined) voice.tell(context.target.problem);
  const judged = await checkAction(source, action, look, context.rules, context.target);
  if (judged !== undefined) await judge(judged, context);
  const changed = action.kind === 'start' && action.wantsState ? await findChangedFiles(source, look) : undefined;
  if (changed !== undefined) await guard.note({ warnings: [...guard.record().warnings, changed] });
  const plans = await planFor(action, look);
  await raiseObjections(plans, context);
  await guard.begin('insure');
  await insureAll(plans, context);
  await guard.begin('mark');
  const fresh = await observe(source, access.guarded);
  refuseChange(look, fresh);
  const earlier = (await listGuards(context.store)).filter(({ id }) => id !== guard.record().id);
  const mark = await setMark(
    source,
    access.guarded.engine,
    action,
    fresh,
    context.rules.residues,
    earlier,
    invocation.now(),
    context.target?.isRecorded === true ? undefined : context.target?.source,
  );
  await guard.note({ mark });
  for (const warning of guard.record().warnings) voice.tell(warning);
}

async function tellUnfinished({ store, guard, voice }: GuardContext): Promise<void> {
  const { action, id } = guard.record();
  for (const record of await listGuards(store)) {
    if (!isSameInstance(record.action, action) || record.id === id || !isUnfinished(record)) continue;
    voice.tell(`an earlier guard of ${action.instance} was cut short: crdoctor guard --resume ${record.id}`);
  }
}

/** The findings as check prints them when they stand against it; a word when they leave it open. */
async function judge({ assessment, reasons }: Judged, context: GuardContext): Promise<void> {
  const { guard, voice, invocation, parsed } = context;
  const { wish, action } = guard.record();
  await guard.note({ prediction: assessment });
  const blockers = openBlockers(assessment, wish.force);
  const show = (): void => {
    const { stderr } = invocation;
    const options = textOptionsOf(
      { format: 'text', 'no-color': parsed['no-color'], explain: undefined, verbose: undefined },
      { ...invocation, stdout: stderr },
    );
    voice.show(renderCheckText(assessment, { reasons, strict: false }, options));
  };
  if (blockers.length > 0) {
    show();
    throw new UserError(`nothing was run: ${blockers.map(({ cause }) => cause).join(', ')}`, {
      hint: 'After the fix it will run; --force CAUSE --reason TEXT runs it in spite of a cause',
    });
  }
  const firing = assessment.findings.filter(({ outcome }) => outcome === 'fires');
  const risks = [...new Set(firing.filter(({ severity }) => severity === 'risk').map(({ title }) => title))];
  const open = assessment.findings.filter(({ outcome, severity }) => outcome === 'unknown' && severity === 'blocker');
  const forced = wish.force.filter((cause) => firing.some((finding) => finding.cause === cause));
  const lines = [
    ...risks.map((title) => `risk: ${title}`),
    ...(open.length === 0
      ? []
      : [`could not be told before it runs: ${[...new Set(open.map(({ cause }) => cause))].join(', ')}`]),
    ...forced.map((cause) => `runs in spite of ${cause}, because: ${wish.forceReason}`),
  ];
  await guard.note({ warnings: [...guard.record().warnings, ...lines] });
  if (risks.length > 0) voice.tell(`crdoctor check ${action.instance} says more about the risks`);
}

async function planFor(action: Action, look: Look): Promise<InsurancePlans> {
  const daemonStartedMs = await startTimeOf(look.serverPid);
  return planInsurance({ action, look, daemonStartedMs, keepsReferences: action.engine === 'lxd' });
}

/** @throws {UserError} for what was neither forced nor given up */
async function raiseObjections(
  { objections, uninsured, warnings }: InsurancePlans,
  context: GuardContext,
): Promise<void> {
  const { guard } = context;
  const { wish } = guard.record();
  const [objection] = objections.filter(({ id }) => !wish.force.includes(id));
  if (objection !== undefined) {
    throw new UserError(`nothing was run: ${objection.message}`, {
      hint: `${objection.hint}: --force ${objection.id} --reason TEXT`,
    });
  }
  const [lack] = uninsured;
  if (lack !== undefined && wish.noInsurance === undefined) {
    throw new UserError(`nothing was run: ${lack}`, { hint: '--no-insurance REASON goes without' });
  }
  const forced = objections.map(
    ({ id, message }) => `runs in spite of ${id} (${message}), because: ${wish.forceReason}`,
  );
  await guard.note({ warnings: [...guard.record().warnings, ...warnings, ...forced] });
}

async function insureAll({ plans, uninsured }: InsurancePlans, context: GuardContext): Promise<void> {
  const { guard, voice, access, invocation } = context;
  const { id, action, wish } = guard.record();
  if (wish.noInsurance !== undefined) {
    const lost = [...plans.map(({ why }) => why), ...uninsured];
    if (lost.length > 0) voice.tell(`nothing is kept, because: ${wish.noInsurance} (${lost.join('; ')})`);
    await guard.note({ insurances: [{ kind: 'none', reason: wish.noInsurance }] });
    return;
  }
  for (const plan of plans) {
    invocation.signal.throwIfAborted();
    const insurance = await insure(plan, {
      directory: guard.directory,
      id,
      instance: action.instance,
      guard: access.guard,
      env: invocation.env,
      tell: (line) => voice.tell(line),
    });
    await guard.note({ insurances: [...guard.record().insurances, insurance] });
  }
}

/** @throws {UserError} somebody else did something meanwhile */
function refuseChange({ observation: then }: Look, { observation: now }: Look): void {
  if (then.status !== now.status || then.pid !== now.pid || then.inventory !== now.inventory) {
    throw new UserError('nothing was run: the instance changed while it was prepared', {
      hint: 'Somebody else works on it. Look who, and try again',
    });
  }
}
