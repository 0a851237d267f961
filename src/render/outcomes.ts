import { grouped } from '../model/base/numbers.ts';

/** The end of a pipeline in an apply. */
export type Outcome = 'applied' | 'forgotten' | 'deleted' | 'missing' | 'rejected' | 'failed' | 'interrupted';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  applied: 'applied',
  forgotten: 'no longer managed',
  deleted: 'deleted',
  missing: 'noted as missing',
  rejected: 'rejected',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** Returns the word for a pipeline without changes, from the reason that its plan gives. */
export function idleWord(because: string): string {
  return because === 'nothing has changed' ? 'unchanged' : because;
}

/** The pipelines of a plan that an apply does not begin. */
export interface NotBegun {
  held: readonly unknown[];
  /** Pipelines without changes, with the reason. */
  idle: readonly { because: string }[];
  /** The number of those that an earlier run of the same shard has done. */
  doneBefore: number;
}

/** `2 applied, 3 unchanged, 1 failed, 1 blocked`: every pipeline of the plan is counted once. */
export function countOutcomes(
  rows: readonly { outcome: Outcome }[],
  { held, idle, doneBefore }: NotBegun,
): string {
  const ended = (...outcomes: Outcome[]) =>
    outcomes.flatMap((outcome) =>
      rows.filter((row) => row.outcome === outcome).map(() => outcomeWords[outcome]),
    );
  const words = [
    ...ended('applied', 'forgotten', 'deleted', 'missing'),
    ...Array.from({ length: doneBefore }, () => 'done before'),
    ...idle.map(({ because }) => idleWord(because)),
    ...ended('rejected', 'failed', 'interrupted'),
    ...held.map(() => 'blocked'),
  ];
  const counts = new Map([['applied', 0]]);
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${grouped(count)} ${word}`).join(', ');
}
