import { parseColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import type { Change } from '../../model/plan/change.ts';

type Columns = TableDefinition['columns'];

/** Differences between the columns of a table as applied and as wanted. */
// eslint-disable-next-line max-lines-per-function -- the kinds of differences share what was matched so far
export function diffColumns(address: string, before: Columns, after: Columns): Change[] {
  const changes: Change[] = [];
  const add = (name: string, change: Omit<Change, 'address' | 'subject'>) =>
    changes.push({ address: `${address}.${name}`, subject: 'column', ...change });
  for (const column of after) {
    const last = before.find(({ name }) => name === column.name);
    const type = `${column.type}${column.notNull ? ' not null' : ''}`;
    if (last === undefined) {
      add(column.name, { act: 'create', category: 'additive', reason: 'new in the contract', after: type });
      continue;
    }
    if (last.type !== column.type) {
      const wider = widens(last.type, column.type);
      add(column.name, {
        act: 'change',
        category: wider ? 'additive' : 'breaking',
        reason: wider
          ? 'widens'
          : widens(column.type, last.type)
            ? 'narrows: values may no longer fit, fields and calculations on it may break'
            : 'another type: fields and calculations on it may break',
        before: last.type,
        after: column.type,
      });
    } else if (last.notNull !== column.notNull) {
      add(column.name, {
        act: 'change',
        category: 'metadata',
        reason: column.notNull ? 'is now NOT NULL' : 'may now be null',
        before: last.notNull ? 'not null' : 'null',
        after: column.notNull ? 'not null' : 'null',
      });
    }
    if (last.from !== column.from) {
      add(column.name, {
        act: 'change',
        category: 'data',
        reason: 'comes from elsewhere',
        before: last.from,
        after: column.from,
      });
    }
  }
  for (const column of before) {
    if (after.some(({ name }) => name === column.name)) continue;
    add(column.name, {
      act: 'remove',
      category: 'breaking',
      reason: 'no longer in the contract: fields on it will be missing',
      before: column.type,
    });
  }
  if (isReordered(before, after)) {
    // It comes first, because the last change is the one that describes the table as a whole.
    changes.unshift({
      address,
      subject: 'table',
      act: 'change',
      category: 'metadata',
      reason: 'columns in another order',
    });
  }
  return changes;
}

/** Returns true if the columns that exist in both have changed their relative order. */
function isReordered(before: Columns, after: Columns): boolean {
  const namesIn = (columns: Columns, others: Columns) =>
    columns.map(({ name }) => name).filter((name) => others.some((one) => one.name === name));
  return namesIn(before, after).join('\n') !== namesIn(after, before).join('\n');
}

/** Every value of the one type is a value of the other, and Tableau shows the field alike. */
function widens(before: string, after: string): boolean {
  const from = parseColumnType(before);
  const to = parseColumnType(after);
  if ('problem' in from || 'problem' in to) return false;
  return rank(from, to);
}

const integers = ['smallint', 'int', 'bigint'];

function rank(from: ColumnType, to: ColumnType): boolean {
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
