import { parseColumnType } from '../../model/config/column-type.ts';
import type { TableauEquals } from '../../model/config/destination.ts';

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
      return isTime(value, /^\d{4}-\d\d-\d\d$/) ? { column, type: 'date', value } : wrong('"2026-01-31"');
    case 'timestamp':
      return isTime(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
        ? { column, type: 'datetime', value: `${value}Z` }
        : wrong('"2026-01-31T08:00:00"');
    default:
      return {
        problem: `rows cannot be named by the column "${column}" of type ${written}: take a column of text, whole numbers, boolean, date or timestamp`,
      };
  }
}

function isTime(value: string | number | boolean, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value));
}
