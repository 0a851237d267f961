import type { Change } from '../../model/plan/change.ts';

/** Returns the differences in a table's definition other than its columns. */
export function diffSettings(
  address: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => before[key] !== after[key])
    .sort()
    .map((key) => ({
      address,
      subject: 'table',
      act: 'change',
      category: 'data',
      reason: `${key} changed in the configuration`,
      ...(before[key] === undefined ? {} : { before: before[key] }),
      ...(after[key] === undefined ? {} : { after: after[key] }),
    }));
}
