import type { FoundColumn } from '../found.ts';
import { looksPersonal, personalNote } from '../personal.ts';

/** Masks the values of a column in reports if its name says that they are about a person. */
export function sensitiveIfPersonal(column: FoundColumn): FoundColumn {
  if (!looksPersonal(column.name)) return column;
  return { ...column, settings: { ...column.settings, sensitive: true } };
}

/** Returns what the report says of such columns. */
export function personalNotes(columns: readonly FoundColumn[]): string[] {
  return personalNote(columns.filter(({ settings }) => settings.sensitive === true).map(({ name }) => name));
}
