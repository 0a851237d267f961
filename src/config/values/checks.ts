import { checkKinds, type Check, type CheckKind, type CheckRule } from '../../model/config/check.ts';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { durationOf, shareOf } from './amounts.ts';
import { isPlaceholder } from '../references/interpolate.ts';
import { readEnd } from '../drafts/written-names.ts';

/** The kinds of check that one item of a list holds: it should be one. */
export function kindsIn(written: Written.Check): CheckKind[] {
  return checkKinds.filter((kind) => Object.hasOwn(written, kind));
}

/**
 * Returns a check in its resolved form; undefined if it is not written correctly, which the rules report. `tables` are
 * the names of the pipeline's tables.
 */
export function readCheck(written: Written.Check, item: Place, tables: readonly string[]): Check | undefined {
  const [kind, ...others] = kindsIn(written);
  if (kind === undefined || others.length > 0) return undefined;
  const place = child(item, kind);
  const rule = readRule(written, place, tables);
  if (rule === undefined) return undefined;
  const settings = written[kind];
  const { name, severity = 'error' } = settings === undefined || Array.isArray(settings) ? {} : settings;
  return { ...rule, place, name: name ?? nameOf(rule), severity };
}

function readRule(written: Written.Check, place: Place, tables: readonly string[]): CheckRule | undefined {
  const { row_count, unique, not_null, accepted_values, range, pattern, relationship, freshness, sql } =
    written;
  if (row_count !== undefined) return rowCount(row_count);
  if (unique !== undefined) return { kind: 'unique', ...columnsOf(unique, place) };
  if (not_null !== undefined) return { kind: 'not_null', ...columnsOf(not_null, place) };
  if (accepted_values !== undefined) {
    return { kind: 'accepted_values', column: accepted_values.column, values: accepted_values.values };
  }
  if (range !== undefined) {
    const { column, min, max } = range;
    return { kind: 'range', column, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  }
  if (pattern !== undefined) return { kind: 'pattern', column: pattern.column, matches: pattern.matches };
  if (relationship !== undefined) return reference(relationship, place, tables);
  if (freshness !== undefined) {
    const maxAge = offline(freshness.max_age, durationOf);
    if (maxAge === undefined) return undefined;
    return { kind: 'freshness', column: freshness.column, maxAge, shown: freshness.max_age };
  }
  return sql && { kind: 'sql', query: sql.query, expect: sql.expect };
}

function rowCount({ min, max, max_change }: Written.RowCountCheck): CheckRule | undefined {
  const maxChange = max_change === undefined ? undefined : offline(max_change, shareOf);
  if (max_change !== undefined && maxChange === undefined) return undefined;
  return {
    kind: 'row_count',
    ...(min !== undefined && { min: Number(min) }),
    ...(max !== undefined && { max: Number(max) }),
    ...(maxChange !== undefined && { maxChange }),
  };
}

/** Reads an amount. A reference without a value yet is accepted as any amount. */
function offline(text: string, read: (text: string) => number | undefined): number | undefined {
  return isPlaceholder(text) ? 0 : read(text);
}

function columnsOf(written: Written.UniqueCheck, place: Place) {
  return Array.isArray(written)
    ? { columns: written, columnsPlace: place }
    : { columns: written.columns, columnsPlace: child(place, 'columns') };
}

function reference(
  { column, columns, to }: Written.RelationshipCheck,
  place: Place,
  tables: readonly string[],
): CheckRule | undefined {
  const end = readEnd(to, tables);
  if (end === undefined || (column === undefined) === (columns === undefined)) return undefined;
  return {
    kind: 'relationship',
    columns: columns ?? [column ?? ''],
    // A pointer to what is not there finds what is: the one column.
    columnsPlace: child(place, columns === undefined ? 'column' : 'columns'),
    to: end,
  };
}

function nameOf(rule: CheckRule): string {
  switch (rule.kind) {
    case 'row_count':
    case 'sql':
      return rule.kind;
    case 'unique':
    case 'not_null':
      return `${rule.kind} (${rule.columns.join(', ')})`;
    case 'relationship':
      return `relationship (${rule.columns.join(', ')} -> ${rule.to.table})`;
    case 'accepted_values':
    case 'range':
    case 'pattern':
    case 'freshness':
      return `${rule.kind} (${rule.column})`;
  }
}
