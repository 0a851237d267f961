import { checkKinds, type Check, type CheckKind, type CheckRule } from '../../model/config/check.ts';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { durationOf, shareOf } from './amounts.ts';
import { isPlaceholder } from '../references/reference-text.ts';
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
  const rule = readRule(kind, written[kind], place, tables);
  if (rule === undefined) return undefined;
  const settings = written[kind];
  const { name, severity = 'error' } = settings === undefined || Array.isArray(settings) ? {} : settings;
  return { ...rule, place, name: name ?? nameOf(rule), severity };
}

type RuleOf<K extends CheckKind> = CheckRule & { kind: K };

/** Reads the settings of one kind; undefined if the rules report what is wrong with them. */
type ReadSettings<K extends CheckKind> = (
  settings: NonNullable<Written.Check[K]>,
  place: Place,
  tables: readonly string[],
) => RuleOf<K> | undefined;

const readers: { [K in CheckKind]: ReadSettings<K> } = {
  row_count: rowCount,
  unique: (settings, place) => ({ kind: 'unique', ...columnsOf(settings, place) }),
  not_null: (settings, place) => ({ kind: 'not_null', ...columnsOf(settings, place) }),
  accepted_values: ({ column, values }) => ({ kind: 'accepted_values', column, values }),
  range: ({ column, min, max }) => ({
    kind: 'range',
    column,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }),
  pattern: ({ column, matches }) => ({ kind: 'pattern', column, matches }),
  relationship: reference,
  freshness({ column, max_age: shown }) {
    const maxAge = offline(shown, durationOf);
    return maxAge === undefined ? undefined : { kind: 'freshness', column, maxAge, shown };
  },
  sql: ({ query, expect }) => ({ kind: 'sql', query, expect }),
};

function readRule<K extends CheckKind>(
  kind: K,
  settings: Written.Check[K],
  place: Place,
  tables: readonly string[],
): CheckRule | undefined {
  return settings && readers[kind](settings, place, tables);
}

function rowCount({ min, max, max_change }: Written.RowCountCheck): RuleOf<'row_count'> | undefined {
  const maxChange = max_change === undefined ? undefined : offline(max_change, shareOf);
  if (max_change !== undefined && maxChange === undefined) return undefined;
  return {
    kind: 'row_count',
    ...(min !== undefined && { min: Number(min) }),
    ...(max !== undefined && { max: Number(max) }),
    ...(maxChange !== undefined && { maxChange }),
  };
}

/** Reads an amount. A reference without a value yet is taken as an amount. */
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
): RuleOf<'relationship'> | undefined {
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
