/** Returns the item of this name, such as how a table or column is presented; undefined if there is none. */
export function findNamed<Item extends { name: string }>(
  items: readonly Item[] | undefined,
  { name }: { name: string },
): Item | undefined {
  return items?.find((item) => item.name === name);
}
