/**
 * Returns true if a filter may contain the value: `&` and `,` break the expression even when they are
 * percent-encoded, `*` is a wildcard, `:` and brackets are its grammar. Other values are searched among all items
 * instead.
 */
export function isFilterable(value: string): boolean {
  return value !== '' && !/[&,*:[\]]/.test(value) && value.trim() === value;
}

/** Servers compare names without regard to case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
