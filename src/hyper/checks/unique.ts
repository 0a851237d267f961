import type { Check } from '../../model/config/check.ts';
import { counted } from '../../model/base/numbers.ts';
import { identifier } from '../sql.ts';
import { failed, numberIn, ownColumn, passed, type Question, type Subject } from './question.ts';

/**
 * Rows are numbered among their equals instead of grouped: where a key is declared, Hyper trusts it, and
 * answers that no group has two rows without having looked.
 */
export function unique(
  { columns }: Check & { kind: 'unique' | 'not_null' },
  { table, nameOf }: Subject,
): Question {
  const list = columns.map(identifier).join(', ');
  const whole = columns.map((column) => `${identifier(column)} is not null`).join(' and ');
  const numbered =
    `select ${list}, row_number() over (partition by ${list} order by ${list}) as "the row" ` +
    `from ${nameOf(table.name)} where ${whole}`;
  const thing = columns.length === 1 ? 'value' : 'combination';
  return {
    expected: `every ${thing} once`,
    sql:
      `select count(*) filter (where "the row" = 2) as "values", count(*) as "rows" ` +
      `from (${numbered}) as numbered where "the row" > 1`,
    judge(found) {
      const values = numberIn(found, 'values');
      const rows = numberIn(found, 'rows') + values;
      return values === 0
        ? passed(`every ${thing} once`)
        : failed(`${counted(values, thing)} in ${counted(rows, 'row')}`);
    },
    sample: {
      columns: [
        ...columns.map((column) => ownColumn(table, column)),
        { title: 'rows', value: '"the row"', sensitive: false },
      ],
      rest:
        `from (select *, row_number() over (partition by ${list} order by "the row" desc) as "the last" ` +
        `from (${numbered}) as numbered) as counted where "the last" = 1 and "the row" > 1 ` +
        `order by "the row" desc, ${list}`,
    },
  };
}
