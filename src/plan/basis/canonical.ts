/** JSON with sorted keys, so that what is equal is written alike. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** A function given to `JSON.stringify` would do the same, and takes several times as long. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Date) return value.toJSON();
  const parts = value as Record<string, unknown>;
  const inOrder: Record<string, unknown> = {};
  for (const key of Object.keys(parts).sort(byCode)) {
    // Assigned, it would be the prototype.
    if (key === '__proto__') Object.defineProperty(inOrder, key, { ...own, value: sorted(parts[key]) });
    else inOrder[key] = sorted(parts[key]);
  }
  return inOrder;
}

const own = { enumerable: true, configurable: true, writable: true };
const byCode = (a: string, b: string) => (a < b ? -1 : 1);
