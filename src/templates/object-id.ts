/**
 * An extract of several tables calls them by the id of their object: a name with 32 digits behind it. Worksheets of Excel
 * end in `$`, which is no part of their name, and stand in quotes if they have spaces.
 */
export function withoutObjectId(table: string, flavour: 'extract' | 'database' = 'extract'): string {
  if (flavour === 'database') return table.replace(/^'(.*)'$/, '$1').replace(/\$$/, '');
  return table.replace(/_[0-9A-F]{32}$/, '');
}
