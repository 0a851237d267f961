import type { Place } from '../errors/diagnostic.ts';
import { never } from '../base/never.ts';

/** How rows get into a table of the extract: all of them each time, or what is new to an extract that is there. */
export type Load = FullLoad | CursorLoad | WindowLoad | FileLoad;

/** What goes on from the extract that is there. */
export type IncrementalLoad = Exclude<Load, FullLoad>;

export interface FullLoad {
  kind: 'full';
}

/**
 * Rows beyond the highest cursor that the extract has. `append` leaves what is there as it is; `upsert` puts
 * rows in the place of those with the same primary key.
 */
export interface CursorLoad {
  kind: 'cursor';
  mode: 'append' | 'upsert';
  place: Place;
  /** Columns of the extract, compared as a tuple. */
  cursor: readonly string[];
  /** How far behind the highest cursor is read again, for rows that come late. */
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
  /**
   * The column that says which file a row is from: `${file.key}` of objects, `${file.path}` of files, and
   * nothing else.
   */
  column: string;
  onVanished: 'keep' | 'delete' | 'error';
  refresh?: Refresh;
}

/** Of the first cursor column: time, where that is a date or timestamp; else a difference of numbers. */
export type Lag = Duration | { units: number };

export interface Duration {
  seconds: number;
  /** As written: `36h`. */
  shown: string;
}

/** What becomes of rows whose cursor is NULL: the run fails, they are read every time, or they are left out. */
export type Nulls = 'error' | 'include' | 'exclude';

/** How rows are found that are gone from the source. */
export type Deletes =
  /** The query gives the primary keys of deleted rows. */
  | { kind: 'query'; sql: string; place: Place }
  /** All primary keys of the source are read: what is not among them is deleted. */
  | { kind: 'keys' };

/** All rows are read when the last time was so long ago. */
export interface Refresh {
  every: Duration;
}

/** The columns by which a table goes on; none where it does so in another way. */
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
