import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { quotedVisible } from '../../model/base/visible.ts';

/** Returns one note for a table whose text without an offset is read as UTC, unless `at_zone` sets the zone. */
export function zonelessNote({ name, columns }: Table): Diagnostic[] {
  const open = columns.filter(
    ({ type, origin, atZone }) =>
      type.kind === 'timestamptz' && origin.kind === 'column' && atZone === undefined,
  );
  const [first] = open;
  if (first === undefined) return [];
  const names = open.map((column) => quotedVisible(column.name)).join(', ');
  return [
    {
      code: 'EXT2121',
      severity: 'note',
      message: `table "${name}": text without an offset would be read as UTC in ${names}`,
      hint: 'at_zone: UTC on the column or table says so; another zone, such as Europe/Berlin, reads it as the clock there',
      place: first.place,
    },
  ];
}
