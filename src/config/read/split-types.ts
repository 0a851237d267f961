import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';

/**
 * Joins types that YAML splits: `{total: numeric(18,2)}` is valid YAML for `{total: "numeric(18", "2)": null}`. This is
 * recognised here, reported once, and joined again so that the rest of the file can be checked.
 */
export function joinSplitTypes(
  value: unknown,
  place: Place,
  report: (diagnostic: Diagnostic) => void,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const joined: [string, unknown][] = [];
  for (const [key, inside] of Object.entries(value) as [string, unknown][]) {
    const before = joined.at(-1);
    if (before !== undefined && inside === null && isTail(key) && isHead(before[1])) {
      before[1] = `${before[1]},${key}`;
      report({
        code: codes.unquotedType,
        severity: 'error',
        message: `the comma of ${String(before[1])} ends the entry "${before[0]}" inside { }`,
        hint: `quote the type: ${before[0]}: "${String(before[1])}"`,
        place: child(place, before[0]),
      });
    } else {
      const isNested = typeof inside === 'object' && inside !== null;
      joined.push([key, isNested ? joinSplitTypes(inside, child(place, key), report) : inside]);
    }
  }
  return Object.fromEntries(joined);
}

function isHead(value: unknown): value is string {
  return typeof value === 'string' && /\(\s*\d+$/.test(value);
}

function isTail(key: string): boolean {
  return /^\d+\s*\)/.test(key);
}
