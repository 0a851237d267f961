import { getOwn } from '../../model/base/get-own.ts';
import type { IncrementalLoad } from '../../model/config/load-mode.ts';
import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { FilesFingerprint, ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import { changesOfListing } from '../../model/world/listing.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import type { ComparedSource } from './compared-source.ts';
import { whole, type IncrementalDecision } from './incremental-decision.ts';

/** Plans a table that reads whole files: those that are new or replaced, and those whose rows are deleted. */
export function planByFile(
  load: IncrementalLoad & { kind: 'files' },
  { fingerprint }: SourceObservation,
  { fingerprint: before }: AppliedTable,
  { same, reason = '' }: ComparedSource,
): IncrementalDecision {
  if (same === true) return { kind: 'unchanged' };
  const isListing = fingerprint.kind === 'files' || fingerprint.kind === 'objects';
  const changes = isListing ? changesOfListing(before, fingerprint) : undefined;
  if (same === undefined || !isListing || changes === undefined)
    return whole('new rows cannot be told apart from those that were read');
  const { fresh, changed, gone } = changes;
  const vanished = load.onVanished === 'delete' ? gone.length : 0;
  if (fresh.length + changed.length + vanished === 0) return { kind: 'unchanged' };
  return {
    kind: 'increment',
    reason,
    increment: {
      mode: 'append by file',
      columns: [load.column],
      files: { fresh: fresh.length, changed: changed.length, gone: vanished },
      bytes: { value: bytesOf(fingerprint, [...fresh, ...changed]), exact: true },
    },
  };
}

function bytesOf(listing: FilesFingerprint | ObjectsFingerprint, names: readonly string[]): number {
  const marks: Readonly<Record<string, { size: number }>> =
    listing.kind === 'files' ? listing.files : listing.objects;
  return names.reduce((sum, name) => sum + (getOwn(marks, name)?.size ?? 0), 0);
}
