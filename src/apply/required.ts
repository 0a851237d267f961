/** The plan promises that an earlier step has left this; if not, the bug is ours. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the plan left no ${what}`);
  return value;
}
