import type pg from 'pg';
import { formatColumnType, type ColumnType, type NumericType } from '../../../model/config/column-type.ts';
import { child } from '../../../model/errors/diagnostic.ts';
import type { Refusal } from '../../../model/ports/feed.ts';
import { grouped } from '../../../model/base/numbers.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { writtenSql } from '../sql/column.ts';
import { nanHint } from '../sql/guards.ts';
import type { Selection } from '../sql/selection.ts';
import { findSampleRows, type Suspect, type SampleRows } from './sample-rows.ts';

/**
 * Hyper took a value for none of its type: the contract is stricter than the data. Hyper names the row by its number
 * only, which means nothing in a table; so rows with such a value are looked up again, where SQL can say what is wrong.
 */
export async function explainRefusal(
  { message, record, column }: Refusal,
  table: Table,
  selection: Selection,
  connect: () => Promise<pg.Client>,
): Promise<RunError> {
  const wanted = table.columns.find(({ name }) => name === column);
  const row = record === undefined ? '' : `, row ${grouped(record)} as read`;
  const type =
    wanted === undefined ? '' : ` (${formatColumnType(wanted.type)}${wanted.notNull ? ' not null' : ''})`;
  const sampleRows = await sampleRowsOf(message, wanted, { table, selection }, connect);
  const named = wanted ?? sampleRows?.suspect.column;
  const problem = sampleRows?.suspect.problem ?? message;
  return new RunError(
    'EXT2003',
    `${table.name}${named === undefined ? '' : `.${named.name}`}${row}: a value does not fit the contract${type}: ${problem}` +
      (sampleRows === undefined ? '' : `; for example ${sampleRows.rows.join(' and ')}`),
    {
      hint: sampleRows?.hint ?? (message.includes('NOT NULL') ? nullHint : otherHint),
      place: named?.place ?? child(table.place, 'columns'),
    },
  );
}

const nullHint = 'remove "not null" from the column, or leave such rows out with where:';
const otherHint = 'change the type in the contract, or the value with expr: or where:';

async function sampleRowsOf(
  message: string,
  wanted: Column | undefined,
  { table, selection }: { table: Table; selection: Selection },
  connect: () => Promise<pg.Client>,
): Promise<SampleRows | undefined> {
  // Without a key, the sample value for a NULL would be the NULL.
  if (message.includes('NOT NULL') && table.primaryKey.length === 0) return undefined;
  const suspects = selection.columns.flatMap((column, index) =>
    wanted === undefined || wanted === column
      ? suspectsOf(column, selection.items[index] ?? '', message)
      : [],
  );
  return findSampleRows(table, selection, suspects, connect);
}

/** Conditions for rows that Hyper refuses in this column, as far as SQL can say them. */
function suspectsOf(column: Column, item: string, message: string): Suspect[] {
  const { type, notNull } = column;
  if (message.includes('NOT NULL')) return notNull ? [{ column, item, sign: `(${item}) is null` }] : [];
  const range = beyondType(type, item);
  return [
    ...(numbers.includes(type.kind)
      ? [{ column, item, sign: `(${item})::pg_catalog.text = 'NaN'`, hint: nanHint(writtenSql(column)) }]
      : []),
    ...(range === undefined ? [] : [{ column, item, showsValue: true, ...range }]),
  ];
}

/** Types of Hyper that have no NaN, while every numeric of PostgreSQL has one. */
const numbers: readonly ColumnType['kind'][] = ['numeric', 'smallint', 'int', 'bigint'];

type Beyond = Pick<Suspect, 'sign' | 'problem' | 'hint' | 'sized'>;

/** The values of a column that its type has no place for. */
function beyondType(type: ColumnType, item: string): Beyond | undefined {
  switch (type.kind) {
    case 'varchar':
    case 'char': {
      const size = `length((${item})::pg_catalog.text)`;
      return {
        sign: `${size} > ${type.length}`,
        problem: `longer than ${type.length} ${type.length === 1 ? 'character' : 'characters'}`,
        sized: {
          sql: size,
          hint: (length) => `declare the column as ${type.kind}(${length}) or text, or ${otherWays}`,
        },
      };
    }
    case 'numeric':
      return beyondDigits(type, item);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return {
        sign: `(${item}) > '294276-12-31'`,
        problem: 'Hyper has days from 4713-01-01 BC to 294276-12-31',
        hint: `declare the column as text, or ${otherWays}`,
      };
    default:
      return undefined;
  }
}

function beyondDigits({ precision, scale }: NumericType, item: string): Beyond {
  const whole = precision - scale;
  return {
    // NaN counts as greater than every number.
    sign: `abs((${item})::numeric) >= 1e${whole}`,
    problem: `more than ${whole} ${whole === 1 ? 'digit' : 'digits'} before the decimal sign`,
    sized: {
      sql: `length(trunc(abs((${item})::numeric))::pg_catalog.text)`,
      hint: (digits) => `declare the column as ${holderOf(digits + scale, scale)}, or ${otherWays}`,
    },
  };
}

function holderOf(precision: number, scale: number): string {
  return precision <= MOST_DIGITS ? `numeric(${precision},${scale})` : 'text';
}

/** The most digits of a numeric of Hyper. */
const MOST_DIGITS = 38;

const otherWays = 'change the value with expr:, or leave the row out with where:';
