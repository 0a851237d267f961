import { parseColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import type { Change } from '../../model/plan/change.ts';
import { typeText } from './table-outline.ts';

type Columns = TableDefinition['columns'];
type Column = Columns[number];
type ColumnChange = Omit<Change, 'address' | 'subject'>;

/**
 * Returns the differences between the columns of a table as applied and as wanted. The plan shows the reason of
 * the last change for the table as a whole, so a mere reordering is listed first.
 */
export function diffColumns(address: string, before: Columns, after: Columns): Change[] {
  const named = (name: string, changes: readonly ColumnChange[]) =>
    changes.map((change): Change => ({ address: `${address}.${name}`, subject: 'column', ...change }));
  return [
    ...(isReordered(before, after) ? [reordered(address)] : []),
    ...after.flatMap((column) =>
      named(
        column.name,
        diffColumn(
          before.find(({ name }) => name === column.name),
          column,
        ),
      ),
    ),
    ...before
      .filter(({ name }) => after.every((column) => column.name !== name))
      .flatMap((column) => named(column.name, [removal(column)])),
  ];
}

function reordered(address: string): Change {
  return {
    address,
    subject: 'table',
    act: 'change',
    category: 'metadata',
    reason: 'columns in another order',
  };
}

function diffColumn(last: Column | undefined, column: Column): ColumnChange[] {
  if (last === undefined)
    return [{ act: 'create', category: 'additive', reason: 'new in the contract', after: typeText(column) }];
  const shape = last.type === column.type ? nullChange(last, column) : [typeChange(last, column)];
  if (last.from === column.from) return shape;
  const sourceChange: ColumnChange = {
    act: 'change',
    category: 'data',
    reason: 'comes from elsewhere',
    before: last.from,
    after: column.from,
  };
  return [...shape, sourceChange];
}

function typeChange(last: Column, column: Column): ColumnChange {
  const isWider = widens(last.type, column.type);
  return {
    act: 'change',
    category: isWider ? 'additive' : 'breaking',
    reason: isWider
      ? 'widens'
      : widens(column.type, last.type)
        ? 'narrows: values may no longer fit, fields and calculations on it may break'
        : 'another type: fields and calculations on it may break',
    before: last.type,
    after: column.type,
  };
}

function nullChange(last: Column, { notNull }: Column): ColumnChange[] {
  if (last.notNull === notNull) return [];
  return [
    {
      act: 'change',
      category: 'metadata',
      reason: notNull ? 'is now NOT NULL' : 'may now be null',
      before: last.notNull ? 'not null' : 'null',
      after: notNull ? 'not null' : 'null',
    },
  ];
}

function removal({ type }: Column): ColumnChange {
  return {
    act: 'remove',
    category: 'breaking',
    reason: 'no longer in the contract: fields on it will be missing',
    before: type,
  };
}

/** Returns true if the columns that exist in both have changed their relative order. */
function isReordered(before: Columns, after: Columns): boolean {
  const namesIn = (columns: Columns, others: Columns) =>
    columns.map(({ name }) => name).filter((name) => others.some((one) => one.name === name));
  return namesIn(before, after).join('\n') !== namesIn(after, before).join('\n');
}

/** Returns true if every value of the one type is a value of the other, and Tableau shows the field alike. */
function widens(before: string, after: string): boolean {
  const from = parseColumnType(before);
  const to = parseColumnType(after);
  if ('problem' in from || 'problem' in to) return false;
  return isWidening(from, to);
}

const integers = ['smallint', 'int', 'bigint'];

function isWidening(from: ColumnType, to: ColumnType): boolean {
  if (integers.includes(from.kind) && integers.includes(to.kind)) {
    return integers.indexOf(from.kind) < integers.indexOf(to.kind);
  }
  if (from.kind === 'numeric' && to.kind === 'numeric') {
    return (
      to.scale >= from.scale &&
      to.precision - to.scale >= from.precision - from.scale &&
      from.scale > 0 === to.scale > 0
    );
  }
  if (from.kind === 'real' && to.kind === 'double') return true;
  if (from.kind === 'varchar' && to.kind === 'varchar') return to.length >= from.length;
  return (from.kind === 'varchar' || from.kind === 'char') && to.kind === 'text';
}
