import { comparable } from '../../model/config/check-columns.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { counted } from '../../model/base/numbers.ts';
import type { AppliedTable, Unseen } from '../../model/world/applied-record.ts';
import type { Observation } from '../../model/world/observation.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { CursorLoad } from '../../model/config/load-mode.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { compareFingerprints } from './compare-fingerprints.ts';
import { existingTable } from './existing-tables.ts';

/**
 * Returns changes in the source since the last full read that no cursor finds; undefined if nothing is known about
 * them.
 */
export function unseenOf(table: Table, applied: AppliedTable, observation: Observation): Unseen | undefined {
  const { load } = table;
  if (load.kind !== 'cursor') return undefined;
  const before = applied.unseen ?? {};
  const seen = getOwn(observation.tables, table.name);
  if (seen === undefined || seen.fingerprint.kind === 'unknown' || applied.fingerprint === undefined)
    return someOf(before);
  const comparison = compareFingerprints(applied.fingerprint, seen.fingerprint);
  const { deleted = 0, updated = 0, lost = false } = comparison.same ? {} : comparison;
  const findsDeleted = load.deletes !== undefined;
  return someOf({
    missing: missingOf(table, applied, observation) ?? before.missing,
    deleted: findsDeleted ? undefined : (before.deleted ?? 0) + Math.max(0, deleted),
    updated: load.mode === 'upsert' ? undefined : (before.updated ?? 0) + Math.max(0, updated),
    lost: !findsDeleted && (lost || before.lost === true) ? true : undefined,
  });
}

/**
 * Rows that the source has at or below the watermark, or where a lag does not reach, less those of the extract; undefined
 * where they were not counted.
 */
function missingOf(table: Table, applied: AppliedTable, observation: Observation): number | undefined {
  const since = getOwn(observation.tables, table.name)?.cursor?.since;
  if (since === undefined || 'broken' in since || since.behind === undefined) return undefined;
  if (table.load.kind === 'cursor' && table.load.lag !== undefined) {
    const within = existingTable(table, observation)?.withinLag;
    return within === undefined ? undefined : Math.max(0, since.behind - (applied.rows - within));
  }
  const ties = since.ties ?? 0;
  const inExtract = applied.rows - (existingTable(table, observation)?.atHighest ?? ties) + ties;
  return Math.max(0, since.behind - inExtract);
}

/** Returns the counts that are not zero. */
function someOf({
  missing,
  deleted,
  updated,
  lost,
}: Partial<Record<keyof Unseen, number | true | undefined>>): Unseen | undefined {
  const some = Object.entries({ missing, deleted, updated, lost }).filter(
    ([, value]) => value !== undefined && value !== 0,
  );
  return some.length === 0 ? undefined : Object.fromEntries(some);
}

/** Says so, with what would find it. */
export function unseenFindings(table: Table, unseen: Unseen | undefined): Diagnostic[] {
  const { name, load } = table;
  if (load.kind !== 'cursor' || unseen === undefined) return [];
  const { missing = 0, deleted = 0, updated = 0, lost = false } = unseen;
  const finding = (message: string, hint: string): Diagnostic => ({
    code: 'EXT3031',
    severity: 'warning',
    message: `table "${name}": ${message}`,
    hint,
    place: load.place,
  });
  const were = (rows: number) => `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'}`;
  return [
    ...(missing > 0
      ? [
          finding(
            `${were(missing)} committed late, ${load.lag === undefined ? 'at or below' : 'further than the lag behind'} the highest ${namesOf(load)}, and ${missing === 1 ? 'is' : 'are'} not in the extract`,
            `extracts apply --full reads all rows now; ${findingLate(table, load).join(', ')}`,
          ),
        ]
      : []),
    ...(lost
      ? [finding('a partition was removed from the source: the extract keeps its rows', findingDeleted)]
      : []),
    ...(deleted > 0
      ? [
          finding(
            `${were(deleted)} deleted in the source, and it is unknown which: the extract keeps them`,
            findingDeleted,
          ),
        ]
      : []),
    ...(updated > 0
      ? [
          finding(
            `${were(updated)} updated in the source: the extract keeps them as they were`,
            'load: {mode: upsert, …} takes updates, too',
          ),
        ]
      : []),
  ];
}

const findingDeleted =
  'deletes: {query: …} or reconcile_keys: true finds them; full_refresh reads all rows now and then';

/** Returns what finds rows that are committed late; the key comes first. */
function findingLate(table: Table, load: CursorLoad): string[] {
  const lag = load.lag === undefined ? firstLag(table, load) : 'a longer lag reads back further';
  return [
    'primary_key: […] finds them in a plain table',
    ...(lag === undefined ? [] : [lag]),
    'load: {full_refresh: {every: 7d}} reads all now and then',
  ];
}

/**
 * Returns an example of a lag for the first cursor column: a duration for dates, a number for numbers, and undefined
 * for text.
 */
function firstLag({ columns }: Table, { cursor: [first] }: CursorLoad): string | undefined {
  const type = columns.find(({ name }) => name === first)?.type;
  switch (type && comparable(type)) {
    case 'date':
      return 'load: {lag: 10m} reads back that far';
    case 'number':
      return 'load: {lag: 1000} reads back that far';
    default:
      return undefined;
  }
}

const namesOf = ({ cursor }: CursorLoad) => cursor.map((name) => `"${name}"`).join(', ');

/**
 * Warns about changes that the load mode cannot find: rows that are committed after others with a higher cursor.
 * Returns nothing if a lag, a full refresh or all keys of the source cover them.
 */
export function lateWarning(table: Table, observation: Observation): Diagnostic[] {
  const { name, load, primaryKey } = table;
  if (load.kind !== 'cursor' || getOwn(observation.tables, name)?.cursor?.missesLate !== true) return [];
  if (load.lag !== undefined || load.refresh !== undefined || load.deletes?.kind === 'keys') return [];
  const why = primaryKey.length === 0 ? 'without primary_key' : 'through a view, a query or a foreign table';
  return [
    {
      code: 'EXT3032',
      severity: 'warning',
      message: `table "${name}": ${why}, rows that are committed later than rows with a higher ${namesOf(load)} are missed`,
      hint: findingLate(table, load)
        .slice(primaryKey.length === 0 ? 0 : 1)
        .join(', '),
      place: load.place,
    },
  ];
}
