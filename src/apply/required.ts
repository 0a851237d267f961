/** Returns a value that an earlier step must have left, according to the plan. Throws if it has not: that is a bug of ours. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the plan left no ${what}`);
  return value;
}
