/**
 * For the end of a switch over a closed union: a new member becomes a compile error at every place that must
 * know it.
 */
export function never(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
