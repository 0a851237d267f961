/**
 * Returns the entry of a record whose keys come from users. `record[key]` would also find what every object inherits: a
 * table may be named `constructor`, a file `__proto__`.
 */
export function getOwn<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
