import type { Place } from '../errors/diagnostic.ts';
import { never } from '../base/never.ts';

/**
 * The way rows get into a table of the extract: all of them each time, or only the new ones into an existing extract.
 */
export type Load = FullLoad | CursorLoad | WindowLoad | FileLoad;

/** The load modes that continue from an existing extract. */
export type IncrementalLoad = Exclude<Load, FullLoad>;

export interface FullLoad {
  kind: 'full';
}

/**
 * Reads rows above the highest cursor of the extract. `append` leaves existing rows as they are; `upsert` replaces rows
 * that have the same primary key.
 */
export interface CursorLoad {
  kind: 'cursor';
  mode: 'append' | 'upsert';
  place: Place;
  /** Columns of the extract, compared as a tuple. */
  cursor: readonly string[];
  /** The distance below the highest cursor that is read again, for late rows. */
  lag?: Lag;
  nulls: Nulls;
  deletes?: Deletes;
  refresh?: Refresh;
}

/** The rows of the last so many days, deleted and read again. */
export interface WindowLoad {
  kind: 'window';
  place: Place;
  /** A date or timestamp of the extract. */
  column: string;
  last: Duration;
  nulls: Nulls;
  refresh?: Refresh;
}

/** Files or objects that are new; rows of replaced ones are deleted and read again. */
export interface FileLoad {
  kind: 'files';
  place: Place;
  /** The column that identifies the file of a row: exactly `${file.key}` for objects, `${file.path}` for files. */
  column: string;
  onVanished: 'keep' | 'delete' | 'error';
  refresh?: Refresh;
}

/** A lag of the first cursor column: a duration for a date or timestamp, otherwise a difference of numbers. */
export type Lag = Duration | { units: number };

export interface Duration {
  seconds: number;
  /** The duration as written: `36h`. */
  shown: string;
}

/** The treatment of rows whose cursor is NULL: the run fails, they are read every time, or they are left out. */
export type Nulls = 'error' | 'include' | 'exclude';

/** The way to find rows that were deleted in the source. */
export type Deletes =
  /** The query gives the primary keys of deleted rows. */
  | { kind: 'query'; sql: string; place: Place }
  /** All primary keys of the source are read: what is not among them is deleted. */
  | { kind: 'keys' };

/** All rows are read when the last time was so long ago. */
export interface Refresh {
  every: Duration;
}

/** Returns the cursor columns, or the column of the window; empty for other load modes. */
export function cursorColumns(load: Load): readonly string[] {
  switch (load.kind) {
    case 'cursor':
      return load.cursor;
    case 'window':
      return [load.column];
    case 'full':
    case 'files':
      return [];
    default:
      return never(load);
  }
}
