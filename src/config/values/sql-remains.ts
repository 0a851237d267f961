/** SQL has these behind a type, and a contract does not. */
const remains: readonly { of: RegExp; reason: string }[] = [
  { of: /\s+null$/i, reason: 'a column may be NULL unless it is not null' },
  { of: /\s+primary\s+key\b.*$/is, reason: 'the table names its key in primary_key' },
  { of: /\s+(?:default|generated)\b.*$/is, reason: 'an extract has no defaults' },
  { of: /\s+unique\b.*$/is, reason: 'checks: [{unique: [COLUMN]}] tests it' },
  { of: /\s+references\b.*$/is, reason: 'relationships connect tables' },
  { of: /\s*[,;]$/, reason: 'nothing separates columns on lines of their own' },
];

/** Returns how to write a type that SQL constraints or a comma follow; undefined for any other text. */
export function sqlRemainsHint(text: string): string | undefined {
  // The first has no limit in SQL Server; an enum holds texts.
  if (/^\s*(?:n?varchar\s*\(max\)|enum\s*\()/i.test(text)) return 'did you mean "text"?';
  const found = remains.find(({ of }) => of.test(text));
  if (found === undefined) return undefined;
  const notNull = /\bnot\s+null\b|\bprimary\s+key\b/i.test(text) ? ' not null' : '';
  const bare = `${text.replace(found.of, '').replace(/\s+not\s+null$/i, '')}${notNull}`;
  // Inside { } a comma ends an entry.
  return `write ${bare.includes(',') ? `"${bare}"` : bare}: ${found.reason}`;
}
