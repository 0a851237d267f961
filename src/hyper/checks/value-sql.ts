import { comparable } from '../../model/config/check-columns.ts';
import type { ColumnType } from '../../model/config/column-type.ts';
import { literal } from '../sql.ts';
import { sqlType } from '../column-types.ts';

/** A value of a check as SQL, to be compared with a column of this type. The rules have made sure that it fits. */
export function valueSql(value: string | number | boolean, type: ColumnType): string {
  switch (comparable(type)) {
    case 'number':
    case 'boolean':
      return String(value);
    case 'text':
      // Not cast: a cast to varchar(n) would cut it to what is allowed.
      return literal(String(value));
    default:
      return `cast(${literal(String(value))} as ${sqlType(type)})`;
  }
}

/** A text column without the blanks that `char(n)` is filled up with: they go with the cast. */
export function asText(column: string, { kind }: ColumnType): string {
  return kind === 'char' ? `cast(${column} as text)` : column;
}
