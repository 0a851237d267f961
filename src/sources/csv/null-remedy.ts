/** A field as it is written in its file, which decides whether a null string can mean it. */
export interface WrittenField {
  isQuoted: boolean;
  /** The field as it is written, without any change. */
  raw: string;
  value: string;
}

/** A null string that is longer is hardly meant. */
const MOST_CHARACTERS = 20;

/**
 * The remedies for a text that may mean NULL: the ways out, and where a null string would be equal to the field as it is
 * written, the YAML that lists it beside those of the format.
 */
export function nullRemedy(
  ways: readonly string[],
  { isQuoted, raw, value }: WrittenField,
  nulls: readonly string[],
): string {
  const others = [
    ...ways.slice(0, -1),
    ...ways.slice(-1).map((last) => (ways.length > 1 ? `or ${last}` : last)),
  ];
  if (isQuoted) return `${others.join(', ')}; in quotes only an empty field is NULL`;
  const isNullString =
    raw === value &&
    !/["\r\n]/.test(raw) &&
    Array.from(raw).length <= MOST_CHARACTERS &&
    mayMeanNull(raw) &&
    !nulls.includes(raw);
  if (!isNullString) return others.join(', ');
  const listed = [...nulls, raw].map((text) => JSON.stringify(text)).join(', ');
  return `${ways.join(', ')}, or if the text means NULL list it: format: {null: [${listed}]}`;
}

/** Digits are hardly a word for NULL, except in errors of Excel and in dates of zeros. */
function mayMeanNull(text: string): boolean {
  return !/[1-9]/.test(text) || text.startsWith('#');
}
