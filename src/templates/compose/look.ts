/** What was said of a table or column, if anything was. */
export function lookOf<Look extends { name: string }>(
  looks: readonly Look[] | undefined,
  { name }: { name: string },
): Look | undefined {
  return looks?.find((look) => look.name === name);
}
