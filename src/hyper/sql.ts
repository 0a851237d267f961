/** An identifier in double quotes; Hyper folds unquoted ones to lower case. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. Hyper has standard_conforming_strings: only the quote needs doubling. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `"alias"."schema"."table"`: with two parts Hyper takes the first for a schema. */
export function tableName(alias: string, schema: string, table: string): string {
  return [alias, schema, table].map(identifier).join('.');
}
