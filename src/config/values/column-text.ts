import { parseColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type * as Written from '../../model/config/written.gen.ts';

/** Reads `int not null`, in either form of a column. */
export function readColumnType(
  column: Written.Column | AddedSettings,
): { type: ColumnType; notNull: boolean } | { problem: string; written: string } {
  const settings: { type: string; not_null?: boolean } =
    typeof column === 'string' ? { type: column } : column;
  const [, text = '', notNull] = /^(.*?)(\s+not\s+null)?\s*$/is.exec(settings.type) ?? [];
  const type = parseColumnType(text);
  if ('problem' in type) return { ...type, written: text };
  return { type, notNull: notNull !== undefined || settings.not_null === true };
}

export function columnSettings(column: Written.Column): Written.ColumnSettings {
  return typeof column === 'string' ? { type: column } : column;
}

export interface AddedSettings {
  from: string;
  pattern?: string;
  type: string;
  description?: string;
  sensitive?: boolean;
}

/** An added column in either of its forms. */
export function addedSettings(column: Written.AddedColumn): AddedSettings {
  return typeof column === 'string'
    ? { from: column, type: 'text' }
    : { ...column, type: column.type ?? 'text' };
}
