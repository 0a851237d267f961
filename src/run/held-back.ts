import { nameItem } from '../model/config/family.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { PipelinePlan, Plan } from '../model/plan/plan.ts';
import { classOfFinding, kindOf, type FailureKind } from './failures.ts';

/** A pipeline that a plan does not do. */
export interface HeldBack extends FailureKind {
  address: string;
  by: 'gate' | 'error';
  /** The message of a gate with its remedy. */
  message: string;
  /** The code and the remedy of an error. */
  code?: string;
  hint?: string;
}

export function heldBack(plan: Plan): HeldBack[] {
  return plan.pipelines.flatMap((planned): HeldBack[] => {
    const { address, blockedBy: by, because } = planned;
    if (by === undefined) return [];
    if (by === 'error') {
      const found = errorOf(planned, plan);
      const { code, hint } = found ?? {};
      const remedy = { ...(code !== undefined && { code }), ...(hint !== undefined && { hint }) };
      const kind = kindOf(found === undefined ? 'permanent' : classOfFinding(found));
      return [{ address, by, message: because, ...remedy, ...kind }];
    }
    const closed = plan.gates.filter(({ pipeline, open }) => pipeline === address && !open);
    const words = closed.map((gate) => `${gate.address}: ${gate.message} (${gate.remedy})`);
    return [{ address, by, message: words.join('; '), ...kindOf('gate') }];
  });
}

/** Returns the error that blocks a pipeline: it says itself whether it may pass. */
function errorOf({ address, because }: PipelinePlan, { diagnostics }: Plan): Diagnostic | undefined {
  const { message } = nameItem(address, { message: because });
  return diagnostics.find((one) => one.severity === 'error' && one.message === message);
}
