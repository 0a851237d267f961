/**
 * Returns the name of a table without the id of its object. Extracts of several tables add that id: 32 digits after the name. Worksheets of Excel
 * end in `$`, which is no part of their name, and are quoted if they have spaces.
 */
export function withoutObjectId(table: string, flavour: 'extract' | 'database' = 'extract'): string {
  if (flavour === 'database') return table.replace(/^'(.*)'$/, '$1').replace(/\$$/, '');
  return table.replace(/_[0-9A-F]{32}$/, '');
}
