/** Ranges for each backend: the first that is done takes another one, so that none reads long after the others. */
const rangesPerBackend = 4;

/**
 * Divides the blocks of a table into ranges of about equal size, as conditions on `ctid`. A range counts in each of the leaves
 * of a partitioned table alike, so that the statement stays the same and every row is in exactly one range. The
 * last one is open: blocks that were added since are in it. A table with one block or none is one range without a condition.
 */
export function blockRanges(leaves: readonly number[], backends: number): (string | undefined)[] {
  const total = leaves.reduce((sum, blocks) => sum + blocks, 0);
  const count = Math.max(1, Math.min(rangesPerBackend * backends, total));
  const starts = new Set<number>();
  for (let index = 1; index < count; index++) starts.add(blockAt(leaves, (total * index) / count));
  const bounds = [undefined, ...[...starts].filter((start) => start > 0), undefined];
  return bounds.slice(1).map((end, index) => rangeCondition(bounds[index], end));
}

/** Returns the lowest block below which the leaves have that many blocks together. */
function blockAt(leaves: readonly number[], wanted: number): number {
  const sizes = leaves.toSorted((one, other) => one - other);
  let block = 0;
  let below = 0;
  for (const [index, size] of sizes.entries()) {
    const longer = sizes.length - index;
    const next = below + (size - block) * longer;
    if (next >= wanted) return Math.ceil(block + (wanted - below) / longer);
    block = size;
    below = next;
  }
  return block;
}

function rangeCondition(start: number | undefined, end: number | undefined): string | undefined {
  const bounds = [
    ...(start === undefined ? [] : [`ctid >= '(${start},0)'::pg_catalog.tid`]),
    ...(end === undefined ? [] : [`ctid < '(${end},0)'::pg_catalog.tid`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(' and ');
}
