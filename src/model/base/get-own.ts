/**
 * The entry of a record whose keys people have chosen. `record[key]` would find what every object has by
 * itself: a table may be named `constructor`, a file `__proto__`.
 */
export function getOwn<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
