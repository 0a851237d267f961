/** An extract of several tables calls them by the id of their object: a name with 32 digits behind it. */
export function withoutObjectId(table: string): string {
  return table.replace(/_[0-9A-F]{32}$/, '');
}
