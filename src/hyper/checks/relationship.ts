import type { Check } from '../../model/config/check.ts';
import { counted } from '../../model/base/numbers.ts';
import { identifier } from '../sql.ts';
import { failed, isSensitive, numberIn, passed, type Question, type Subject } from './question.ts';

/** Rows that refer to something that is not there. */
export function relationship(
  { columns, to }: Check & { kind: 'relationship' },
  { table, nameOf }: Subject,
): Question {
  const whole = columns.map((column) => `own.${identifier(column)} is not null`).join(' and ');
  const same = columns
    .map((column, index) => `other.${identifier(to.columns[index] ?? '')} = own.${identifier(column)}`)
    .join(' and ');
  const from =
    `from ${nameOf(table.name)} as own where ${whole} ` +
    `and not exists (select 1 from ${nameOf(to.table)} as other where ${same})`;
  const values = columns.map((column) => `own.${identifier(column)}`).join(', ');
  return {
    expected: 'one for each',
    sql: `select count(*) as "rows" ${from}`,
    judge(found) {
      const rows = numberIn(found, 'rows');
      return rows === 0
        ? passed('one for each')
        : failed(`${counted(rows, 'row')} without a row of ${to.table}`);
    },
    sample: {
      columns: [
        ...columns.map((column) => ({
          title: column,
          value: `own.${identifier(column)}`,
          sensitive: isSensitive(table, column),
        })),
        { title: 'rows', value: 'count(*)', sensitive: false },
      ],
      rest: `${from} group by ${values} order by count(*) desc, ${values}`,
    },
  };
}
