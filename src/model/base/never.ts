/** Ends a switch over a closed union: a new member becomes a compile error at every place that must handle it. */
export function never(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
