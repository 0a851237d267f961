import { nameItem } from '../model/config/family.ts';
import type { FailureClass } from '../model/errors/failure-class.ts';
import type { PipelinePlan, Plan } from '../model/plan/plan.ts';
import { classOfFinding, kindOf, type FailureKind } from './failures.ts';

/** A pipeline that a plan does not do. */
export interface HeldBack extends FailureKind {
  address: string;
  by: 'gate' | 'error';
  /** The message of a gate with its remedy. */
  message: string;
}

export function heldBack(plan: Plan): HeldBack[] {
  return plan.pipelines.flatMap((planned): HeldBack[] => {
    const { address, blockedBy: by, because } = planned;
    if (by === undefined) return [];
    const closed = plan.gates.filter(({ pipeline, open }) => pipeline === address && !open);
    const words = closed.map((gate) => `${gate.address}: ${gate.message} (${gate.remedy})`);
    const message = by === 'gate' ? words.join('; ') : because;
    return [{ address, by, message, ...kindOf(classOfBlocked(planned, plan)) }];
  });
}

/** A gate asks for a decision; an error says itself whether it may pass. */
function classOfBlocked({ address, blockedBy, because }: PipelinePlan, { diagnostics }: Plan): FailureClass {
  if (blockedBy === 'gate') return 'gate';
  const { message } = nameItem(address, { message: because });
  const found = diagnostics.find((one) => one.severity === 'error' && one.message === message);
  return found === undefined ? 'permanent' : classOfFinding(found);
}
