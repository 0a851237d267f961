import { child, type Place } from '../../model/errors/diagnostic.ts';
import type { Lag } from '../../model/config/load-mode.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { durationOf } from './amounts.ts';
import { isSet, mergeLoad } from '../drafts/defaults.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { namesAt, valueAt } from '../drafts/written-names.ts';

/** A load without the nulls that un-set a default. */
export type LoadSettings = { [Key in LoadKey]?: NonNullable<NonNullable<Written.Load>[Key]> };

export type LoadKey = keyof NonNullable<Written.Load>;

/** The load mode of one table, from its own settings and from the defaults. */
export interface TableLoad {
  settings: LoadSettings;
  /** The keys that the table itself sets. */
  own: readonly LoadKey[];
  /** Returns true if a key was written for it, misshapen or not. */
  says: (key: LoadKey) => boolean;
  /** Returns the place of the key: in the table, or in the defaults of the pipeline; otherwise the table. */
  placeOf: (key: LoadKey) => Place;
  place: Place;
}

export function tableLoad(draft: PipelineDraft, table: string): TableLoad {
  const written = getOwn(draft.written.tables, table)?.load;
  // The merged value contains no null.
  const settings = (mergeLoad(draft.load, written) ?? {}) as LoadSettings;
  const layers = [
    ['tables', table, 'load'],
    ['defaults', 'tables', 'load'],
  ];
  const layerOf = (key: string) => layers.find((layer) => isSet(valueAt(draft, ...layer, key)));
  const isWritten = layers.find((layer) => isSet(valueAt(draft, ...layer)));
  const place = child(draft.place, ...(isWritten ?? ['tables', table]));
  return {
    settings,
    own: namesAt(draft, 'tables', table, 'load').filter((key): key is LoadKey =>
      isSet(getOwn(written ?? {}, key)),
    ),
    says: (key) => settings[key] !== undefined || isSet(valueAt(draft, 'tables', table, 'load', key)),
    placeOf: (key) => {
      const layer = settings[key] === undefined ? undefined : layerOf(key);
      return layer === undefined ? place : child(draft.place, ...layer, key);
    },
    place,
  };
}

/**
 * Parses `10m`, 1000 or `1000`; a reference without a value yet is taken as a duration. Returns undefined for
 * other texts.
 */
export function readLag(written: string | number): Lag | undefined {
  if (typeof written === 'number') return { units: written };
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(written)) return { units: Number(written) };
  const seconds = isPlaceholder(written) ? 0 : durationOf(written);
  return seconds === undefined ? undefined : { seconds, shown: written };
}

/** The columns of a cursor. */
export function cursorColumns({ cursor = [] }: LoadSettings): readonly string[] {
  return typeof cursor === 'string' ? [cursor] : cursor;
}
