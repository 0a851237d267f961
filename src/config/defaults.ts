/**
 * `over` on top of `base`: maps are merged key by key, everything else replaces, and null un-sets. Maps that name
 * another `type` (or one against a plain text) have other keys, so the upper one replaces the lower.
 */
export function merge<Value>(base: Value | undefined, over: Value | undefined): Value | undefined {
  if (over === undefined) return base;
  if (over === null) return undefined;
  if (!isMap(over)) return over;
  const below = isMap(base) && sameKind(base, over) ? base : {};
  const keys = new Set([...Object.keys(below), ...Object.keys(over)]);
  const entries = [...keys].flatMap((key) => {
    const value = merge(below[key], over[key]);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries) as Value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameKind(base: Record<string, unknown>, over: Record<string, unknown>): boolean {
  return base.type === undefined || over.type === undefined || base.type === over.type;
}
