/** Returns the look of a table or column, or undefined if it has none. */
export function lookOf<Look extends { name: string }>(
  looks: readonly Look[] | undefined,
  { name }: { name: string },
): Look | undefined {
  return looks?.find((look) => look.name === name);
}
