import type { Check } from '../../model/config/check.ts';
import { counted } from '../../model/base/numbers.ts';
import { identifier, literal } from '../sql.ts';
import {
  columnOf,
  failed,
  inKeyOrder,
  keyAnd,
  numberIn,
  passed,
  type Question,
  type Subject,
} from './question.ts';
import { asText, valueSql } from './value-sql.ts';

/** Checks that a row passes or fails by itself. A NULL is for `not_null` to judge. */

export function notNull({ columns }: Check & { kind: 'unique' | 'not_null' }, subject: Subject): Question {
  const isNull = columns.map((column) => `${identifier(column)} is null`).join(' or ');
  return wrongRows(subject, columns, isNull, 'no NULL', (rows) => `${rows} with NULL`);
}

export function acceptedValues(
  { column, values }: Check & { kind: 'accepted_values' },
  subject: Subject,
): Question {
  const { type } = columnOf(subject.table, column);
  const list = values.map((value) => valueSql(value, type)).join(', ');
  const others = `${asText(identifier(column), type)} not in (${list})`;
  const shown = values.slice(0, 10).map(String).join(', ');
  const more = values.length > 10 ? ` and ${values.length - 10} more` : '';
  return wrongRows(subject, [column], others, `only ${shown}${more}`, (rows) => `${rows} with other values`);
}

export function range({ column, min, max }: Check & { kind: 'range' }, subject: Subject): Question {
  const { type } = columnOf(subject.table, column);
  const outside = [
    ...(min === undefined ? [] : [`${identifier(column)} < ${valueSql(min, type)}`]),
    ...(max === undefined ? [] : [`${identifier(column)} > ${valueSql(max, type)}`]),
  ].join(' or ');
  const expected =
    min === undefined ? `at most ${max ?? ''}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return wrongRows(subject, [column], outside, expected, (rows) => `${rows} outside`);
}

export function pattern({ column, matches }: Check & { kind: 'pattern' }, subject: Subject): Question {
  const text = asText(identifier(column), columnOf(subject.table, column).type);
  // ^ and $ would find the lines of a value.
  const whole = literal(`\\A(?:${matches})\\z`);
  const other = `not (${text} ~ ${whole})`;
  return wrongRows(subject, [column], other, `all matching ${matches}`, (rows) => `${rows} not matching`);
}

// eslint-disable-next-line max-params -- no two of them belong together
function wrongRows(
  { table, nameOf }: Subject,
  columns: readonly string[],
  condition: string,
  expected: string,
  tell: (rows: string) => string,
): Question {
  const from = `from ${nameOf(table.name)} where ${condition}`;
  return {
    expected,
    sql: `select count(*) as "rows" ${from}`,
    judge(found) {
      const rows = numberIn(found, 'rows');
      return rows === 0 ? passed(expected) : failed(tell(counted(rows, 'row')));
    },
    sample: { columns: keyAnd(table, columns), rest: `${from}${inKeyOrder(table)}` },
  };
}
