import { parseColumnType } from '../../model/config/column-type.ts';
import type { TableauEquals } from '../../model/config/destination.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { getOwn } from '../../model/base/get-own.ts';

/** A column of a contract and a value as the server compares them; or, in a sentence, why it cannot. */
export function equalTo(
  column: string,
  written: string,
  value: string | number | boolean,
): TableauEquals | { problem: string } {
  const parsed = parseColumnType(written.replace(/\bnot null\b/i, ''));
  if ('problem' in parsed) return parsed;
  const wrong = (wanted: string) => ({ problem: `the column "${column}" is ${written}: write ${wanted}` });
  switch (parsed.kind) {
    case 'text':
    case 'varchar':
      return typeof value === 'string' ? { column, type: 'string', value } : wrong('a text in quotes');
    case 'smallint':
    case 'int':
    case 'bigint':
      return Number.isSafeInteger(value)
        ? { column, type: 'integer', value }
        : wrong('a whole number without quotes');
    case 'boolean':
      return typeof value === 'boolean' ? { column, type: 'boolean', value } : wrong('true or false');
    case 'date':
      return isTime(value, day) ? { column, type: 'date', value } : wrong('"2026-01-31"');
    case 'timestamp':
      return isTime(value, second)
        ? { column, type: 'datetime', value: `${value}Z` }
        : wrong('"2026-01-31T08:00:00"');
    default:
      return {
        problem: `rows cannot be named by the column "${column}" of type ${written}: take a column of text, whole numbers, boolean, date or timestamp`,
      };
  }
}

/**
 * Returns the type of a column in the condition of a deletion; undefined if nothing shows it. A table of keys has no other
 * columns, so there the value shows its type: a text such as 2026-01-31 is a date.
 */
export function typeInCondition(
  { columns = {}, primary_key: key = [] }: Written.Table,
  column: string,
  value: string | number | boolean,
): string | undefined {
  const found = getOwn(columns, column);
  if (found !== undefined) return typeof found === 'string' ? found : found.type;
  if (key.length === 0) return undefined;
  if (typeof value === 'number') return 'bigint';
  if (typeof value === 'boolean') return 'boolean';
  return isTime(value, day) ? 'date' : isTime(value, second) ? 'timestamp' : 'text';
}

const day = /^\d{4}-\d\d-\d\d$/;
const second = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

function isTime(value: string | number | boolean, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value));
}
