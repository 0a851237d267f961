/** Returns a number, or the text that a reference gave for one; nothing for a placeholder. */
export function numbered<Key extends string>(key: Key, value: number | string | null | undefined) {
  const number = value === null || value === undefined ? NaN : Number(value);
  return (Number.isNaN(number) ? {} : { [key]: number }) as Partial<Record<Key, number>>;
}
