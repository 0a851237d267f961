import { getOwn } from '../../model/base/get-own.ts';
import { child, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { merge } from '../drafts/defaults.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { valueAt } from '../drafts/written-names.ts';

/** `read: {parallel: …}` of a table, and where it is written. */
export interface WrittenParallel {
  value: number | string;
  place: Place;
  /** The table itself says it. */
  isOwn: boolean;
}

/** Returns the setting of a table, or of the defaults; undefined where there is none, or it is unset. */
export function writtenParallel(draft: PipelineDraft, table: string): WrittenParallel | undefined {
  const own = getOwn(draft.written.tables, table)?.read;
  if (own === null) return undefined;
  const value = merge<NonNullable<Written.Read>>(draft.read ?? undefined, own)?.parallel;
  if (value === undefined || value === null) return undefined;
  const ofTable = ['tables', table, 'read', 'parallel'];
  const ofDefaults = ['defaults', 'tables', 'read', 'parallel'];
  const layer = [ofTable, ofDefaults].find((one) => valueAt(draft, ...one) !== undefined);
  return {
    value,
    place: child(draft.place, ...(layer ?? ['tables', table])),
    isOwn: own?.parallel !== undefined,
  };
}
