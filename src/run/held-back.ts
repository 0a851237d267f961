import type { Plan } from '../model/plan/plan.ts';

/** A pipeline that a plan does not do. */
export interface HeldBack {
  address: string;
  by: 'gate' | 'error';
  /** The message of a gate with its remedy. */
  message: string;
}

export function heldBack({ pipelines, gates }: Plan): HeldBack[] {
  return pipelines.flatMap(({ address, blockedBy: by, because }): HeldBack[] => {
    if (by === undefined) return [];
    const closed = gates.filter(({ pipeline, open }) => pipeline === address && !open);
    const words = closed.map((gate) => `${gate.address}: ${gate.message} (${gate.remedy})`);
    return [{ address, by, message: by === 'gate' ? words.join('; ') : because }];
  });
}
