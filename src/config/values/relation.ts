/** `table` or `schema.table`, each part plain or in double quotes (a quote inside is doubled); undefined for others. */
export function readRelation(text: string): { schema?: string; name: string } | undefined {
  const part = /(?:"((?:[^"]|"")+)"|([^".]+))/.source;
  const match = new RegExp(`^${part}(?:\\.${part})?$`).exec(text.trim());
  if (match === null) return undefined;
  const [, quoted, plain, secondQuoted, secondPlain] = match;
  const first = quoted?.replaceAll('""', '"') ?? plain ?? '';
  const second = secondQuoted?.replaceAll('""', '"') ?? secondPlain;
  return second === undefined ? { name: first } : { schema: first, name: second };
}
