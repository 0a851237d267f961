import { child } from '../../model/errors/diagnostic.ts';
import type {
  CursorLoad,
  Deletes,
  Duration,
  FileLoad,
  Load,
  WindowLoad,
} from '../../model/config/load-mode.ts';
import { never } from '../../model/base/never.ts';
import { durationOf } from '../values/amounts.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { fileColumn } from '../values/file-column.ts';
import { cursorColumns, readLag, tableLoad, type TableLoad } from '../values/load-settings.ts';

/** Resolves the load mode. Keys of another mode, from defaults, are ignored here. */
export function resolveLoad(draft: PipelineDraft, table: string): Load {
  const load = tableLoad(draft, table);
  const { mode = 'full', by } = load.settings;
  switch (mode) {
    case 'full':
      return { kind: 'full' };
    case 'append':
      return by === 'file' ? files(load, fileColumn(draft, table)) : cursor(load, mode);
    case 'upsert':
      return cursor(load, mode);
    case 'replace_window':
      return window(load);
    default:
      return never(mode);
  }
}

function cursor(load: TableLoad, mode: CursorLoad['mode']): CursorLoad {
  const { lag: written, nulls = 'error' } = load.settings;
  const lag = written === undefined ? undefined : (readLag(written) ?? passed(`the lag ${written}`));
  const deletes = deletesOf(load);
  return {
    kind: 'cursor',
    mode,
    place: load.place,
    cursor: cursorColumns(load.settings),
    ...(lag !== undefined && { lag }),
    nulls,
    ...(deletes !== undefined && { deletes }),
    ...refreshOf(load),
  };
}

function deletesOf({ settings, placeOf }: TableLoad): Deletes | undefined {
  if (settings.reconcile_keys === true) return { kind: 'keys' };
  if (settings.deletes === undefined) return undefined;
  return { kind: 'query', sql: settings.deletes.query, place: child(placeOf('deletes'), 'query') };
}

function window(load: TableLoad): WindowLoad {
  const { column, last, nulls = 'error' } = load.settings;
  return {
    kind: 'window',
    place: load.place,
    column: column ?? passed('a window without a column'),
    last: duration(last ?? passed('a window without an end')),
    nulls,
    ...refreshOf(load),
  };
}

function files(load: TableLoad, column: string | undefined): FileLoad {
  return {
    kind: 'files',
    place: load.place,
    column: column ?? passed('files without a column that names them'),
    onVanished: load.settings.on_vanished ?? 'error',
    ...refreshOf(load),
  };
}

function refreshOf({ settings: { full_refresh: refresh } }: TableLoad) {
  return refresh === undefined ? {} : { refresh: { every: duration(refresh.every) } };
}

/** Parses a duration. The rules accept durations, and references without a value yet: those are reported, not used. */
function duration(written: string): Duration {
  return { seconds: durationOf(written) ?? 0, shown: written };
}

function passed(what: string): never {
  throw new Error(`the rules passed ${what}`);
}
