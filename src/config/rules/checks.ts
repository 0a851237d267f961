import { checkProblems, type ColumnsOf } from '../../model/config/check-columns.ts';
import type { Check } from '../../model/config/check.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { suggestion } from '../../model/base/nearest.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { durationOf, shareOf } from '../values/amounts.ts';
import { kindsIn, readCheck } from '../values/read-check.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { columnNamesOf, namesAt, readEnd } from '../drafts/written-names.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';
import { typeOf } from './columns.ts';
import { amount, wholeNumber } from './numbers.ts';

/** Checks must state one condition each, with bounds that can be met, about existing columns. */
export const tableChecks: Rule = function* (draft) {
  const tables = namesAt(draft, 'tables');
  for (const [table, { checks = [] }] of Object.entries(draft.written.tables)) {
    for (const [index, written] of checks.entries()) {
      const item = child(draft.place, 'tables', table, 'checks', index);
      const mistakes = [...oneKind(written, item), ...wellWritten(written, item, tables)];
      yield* mistakes;
      const check = readCheck(written, item, tables);
      if (check === undefined || mistakes.length > 0) continue;
      yield* possible(check);
      for (const { about, message, hint, place } of checkProblems(check, table, columnsIn(draft))) {
        const code = about === 'column' ? codes.unknownColumn : codes.checkType;
        yield problem(code, message, place, hint === undefined ? {} : { hint });
      }
    }
  }
};

function* oneKind(written: Written.Check, item: Place): Iterable<Diagnostic> {
  const [first, second] = kindsIn(written);
  if (first === undefined || second === undefined) return;
  const message = `an item of "checks" is one check: "${second}" is beside "${first}"`;
  yield problem(
    codes.checkKind,
    message,
    { ...child(item, second), part: 'key' },
    { hint: `- ${second}: …` },
  );
}

/** Checks values from references, and ends of relationships. */
function* wellWritten(
  { row_count: rows, freshness, relationship }: Written.Check,
  item: Place,
  tables: readonly string[],
): Iterable<Diagnostic> {
  yield* wholeNumber(rows?.min, child(item, 'row_count', 'min'), 0);
  yield* wholeNumber(rows?.max, child(item, 'row_count', 'max'), 0);
  yield* amount(rows?.max_change, shareOf, 'percentage', '20%', child(item, 'row_count', 'max_change'));
  yield* amount(freshness?.max_age, durationOf, 'length of time', '2d', child(item, 'freshness', 'max_age'));
  if (relationship === undefined) return;
  const place = child(item, 'relationship');
  if ((relationship.column === undefined) === (relationship.columns === undefined)) {
    const message = 'a relationship check has either "column" or "columns"';
    yield problem(codes.checkKind, message, { ...place, part: 'key' });
  }
  const end = readEnd(relationship.to, tables);
  const at = child(place, 'to');
  if (end === undefined) {
    const hint = { hint: 'write table.column, or {table: NAME, columns: [a, b]}' };
    yield problem(codes.unknownTable, '"to" of a relationship names a table and a column', at, hint);
  } else if (!tables.includes(end.table)) {
    const message = `there is no table "${end.table}"`;
    yield problem(codes.unknownTable, message, at, suggestion(end.table, tables));
  }
}

/** Reports a check that every extract passes, or none. */
function* possible(check: Check): Iterable<Diagnostic> {
  const { kind, place } = check;
  if (kind === 'row_count') {
    const { min, max, maxChange } = check;
    if (min === undefined && max === undefined && maxChange === undefined)
      yield problem(codes.checkBounds, 'row_count needs min, max or max_change', { ...place, part: 'key' });
    if (min !== undefined && max !== undefined && min > max)
      yield problem(codes.checkBounds, `min ${min} is more than max ${max}`, child(place, 'min'));
  }
  if (kind === 'range') {
    const { min, max } = check;
    if (min === undefined && max === undefined)
      yield problem(codes.checkBounds, 'range needs min or max', { ...place, part: 'key' });
    if (typeof min === 'number' && typeof max === 'number' && min > max)
      yield problem(codes.checkBounds, `min ${min} is more than max ${max}`, child(place, 'min'));
  }
}

/**
 * Returns the columns of a table. Those of a header file are known only when planning; a table that does not exist is
 * reported elsewhere.
 */
function columnsIn(draft: PipelineDraft): ColumnsOf {
  return (table) => {
    if (!namesAt(draft, 'tables').includes(table)) return undefined;
    if (namesAt(draft, 'tables', table).includes('columns_from')) return undefined;
    return new Map(columnNamesOf(draft, table).map((name) => [name, typeOf(draft, table, name)]));
  };
}
