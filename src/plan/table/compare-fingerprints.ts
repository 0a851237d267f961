import { counted } from '../../model/base/numbers.ts';
import { never } from '../../model/base/never.ts';
import { compareObjects } from './object-changes.ts';
import { changesOfFiles } from '../../model/world/listing.ts';
import type { FilesFingerprint, Fingerprint, PostgresFingerprint } from '../../model/world/fingerprint.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { redefined } from './redefined.ts';

/** The result of comparing two fingerprints: what they say about the data between them. */
export type Comparison =
  | { same: true }
  | {
      same: false;
      reason: string;
      /** How many rows more there are than before, where the source counts them. */
      growth?: number;
      /** The data that was read before is no part of the data now: only a full read is possible. */
      replaced?: true;
      /** Rows that were inserted, updated and deleted, where the source counts them. */
      inserted?: number;
      updated?: number;
      deleted?: number;
      /** A partition was removed with its rows. */
      lost?: true;
    };

export function compareFingerprints(before: Fingerprint, now: Fingerprint): Comparison {
  // Nothing counted its changes the last time.
  if (before.kind === 'definitions' && (now.kind === 'postgres' || now.kind === 'value'))
    return compareDefinitions(before, now) ?? changed('changes are detected in another way than before');
  switch (now.kind) {
    case 'postgres':
      return before.kind === 'postgres' ? compareCounters(before, now) : otherKind;
    case 'value':
      if (before.kind !== 'value') return otherKind;
      return before.value === now.value
        ? (compareDefinitions(before, now) ?? { same: true })
        : changed('the change_detection query gives another answer');
    case 'definitions':
      return compareDefinitions(before, now) ?? changed('nothing shows if its rows have changed');
    case 'files':
      return before.kind === 'files' ? compareFiles(before, now) : otherKind;
    case 'objects':
      return before.kind === 'objects' ? compareObjects(before, now) : otherKind;
    default:
      return never(now);
  }
}

const changed = (reason: string): Comparison => ({ same: false, reason });
const replaced = (reason: string): Comparison & { same: false } => ({ same: false, reason, replaced: true });
const otherKind = replaced('changes are detected in another way than before');

function compareCounters(before: PostgresFingerprint, now: PostgresFingerprint): Comparison {
  if (before.system !== now.system) return replaced('it is another server or database than before');
  const redefined = compareDefinitions(before, now);
  if (redefined === undefined) return compareRelations(before, now);
  // The same rows with other values: the count is still known.
  const rows = compareRelations(before, now);
  const growth = rows.same ? 0 : rows.growth;
  return { ...redefined, ...(growth !== undefined && { growth }) };
}

function compareRelations(before: PostgresFingerprint, now: PostgresFingerprint): Comparison {
  const columns = compareColumns(before.columns, now.columns);
  if (Object.keys(before.relations).every((oid) => !Object.hasOwn(now.relations, oid)))
    return replaced('the source table is another one');
  let inserted = 0;
  let updated = 0;
  let deleted = 0;
  for (const [oid, current] of Object.entries(now.relations)) {
    const last = getOwn(before.relations, oid);
    if (last === undefined) return changed(columns ?? 'the source table has a new partition or child table');
    if (last.filenode !== current.filenode)
      return replaced(columns ?? 'the source table was rewritten or truncated');
    if (last.reset !== current.reset)
      return changed(columns ?? 'the statistics of the source were reset: it may have changed');
    inserted += Number(BigInt(current.inserted) - BigInt(last.inserted));
    updated += Number(BigInt(current.updated) - BigInt(last.updated));
    deleted += Number(BigInt(current.deleted) - BigInt(last.deleted));
  }
  if (Object.keys(before.relations).some((oid) => !Object.hasOwn(now.relations, oid))) {
    return {
      same: false,
      reason: columns ?? 'the source table has lost a partition or child table',
      lost: true,
    };
  }
  if (columns === undefined && inserted === 0 && updated === 0 && deleted === 0) return { same: true };
  if (inserted < 0 || updated < 0 || deleted < 0)
    return changed(columns ?? 'the counters of the source went back: it may have changed');
  const parts = [
    ...(inserted > 0 ? [`${counted(inserted, 'row')} inserted`] : []),
    ...(updated > 0 ? [`${counted(updated, 'row')} updated`] : []),
    ...(deleted > 0 ? [`${counted(deleted, 'row')} deleted`] : []),
  ];
  return {
    same: false,
    reason: columns ?? `${parts.join(', ')} in the source`,
    growth: inserted - deleted,
    inserted,
    updated,
    deleted,
  };
}

function compareDefinitions(
  before: Fingerprint,
  now: Fingerprint,
): (Comparison & { same: false }) | undefined {
  const reason = redefined(before, now);
  return reason === undefined ? undefined : replaced(reason);
}

function compareColumns(before: readonly string[], now: readonly string[]): string | undefined {
  const differences = [
    ...now.filter((column) => !before.includes(column)).map((column) => `+ ${column}`),
    ...before.filter((column) => !now.includes(column)).map((column) => `- ${column}`),
  ];
  if (differences.length > 0)
    return `the columns of the source table have changed: ${differences.join(', ')}`;
  return before.join('\n') === now.join('\n') ? undefined : 'the columns of the source table change places';
}

function compareFiles(before: FilesFingerprint, now: FilesFingerprint): Comparison {
  const { fresh, changed: other, gone } = changesOfFiles(before, now);
  if (fresh.length + gone.length + other.length === 0) return { same: true };
  const part = (paths: readonly string[], [one, many]: readonly [string, string], among = now) => {
    if (paths.length === 0) return [];
    if (paths.length === 1) return [`${paths[0] ?? ''} ${one}`];
    return [`${paths.length} of ${counted(Object.keys(among.files).length, 'file')} ${many}`];
  };
  return changed(
    [
      ...part(fresh, ['is new', 'are new']),
      ...part(other, ['is changed', 'are changed']),
      ...part(gone, ['was removed', 'were removed'], before),
    ].join(', '),
  );
}
