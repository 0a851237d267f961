/** Returns the next item that waits, or undefined if none does. */
export type Next<Item> = () => Item | undefined;

/**
 * Handles items in up to `most` lanes. A lane takes one item after the other until none is left, so that what it has
 * prepared serves many of them. `drive` settles each item that it takes, and never rejects.
 */
export function openLanes<Item>(
  most: number,
  drive: (next: Next<Item>) => Promise<void>,
): (item: Item) => void {
  // A set is in the order of arrival, and loses its first without moving the others.
  const waiting = new Set<{ item: Item }>();
  let open = 0;
  const next: Next<Item> = () => {
    const [first] = waiting;
    if (first === undefined) return undefined;
    waiting.delete(first);
    return first.item;
  };
  const lane = async () => {
    while (waiting.size > 0) await drive(next);
    open--;
  };
  return (item) => {
    waiting.add({ item });
    if (open >= most) return;
    open++;
    void lane();
  };
}
