import { sourceKinds } from '../../model/config/source-kinds.ts';
import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { merge } from '../drafts/defaults.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { tableLoad, type LoadKey, type LoadSettings, type TableLoad } from '../values/load-settings.ts';
import { namesAt } from '../drafts/written-names.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** A load has the keys that its mode goes by, those that fit to it, and a source that can do it. */
export const loadModes: Rule = function* (draft) {
  for (const table of Object.keys(draft.written.tables)) {
    const load = tableLoad(draft, table);
    if (load.settings.mode === undefined) yield* noMode(load);
    else {
      yield* keysOfMode(load, load.settings.mode);
      yield* keysBesideFile(load);
      const wrongSource = [...sourceOfMode(draft, table, load)];
      yield* wrongSource;
      if (wrongSource.length === 0) yield* complete(draft, table, load);
      yield* rowsThatAreGone(draft, table, load);
      yield* refreshOfKept(load);
    }
  }
};

/** Checks a default load. Its keys belong to its own mode; whether it suits a table is reported there. */
export const defaultLoad: Rule = ({ written, place }) =>
  checkDefaultLoad(written.defaults, child(place, 'defaults'));

export function* checkDefaultLoad(
  defaults: Written.Defaults | undefined,
  place: Place,
): Iterable<Diagnostic> {
  // The merged value contains no null.
  const settings = (merge(undefined, defaults?.tables?.load) ?? {}) as LoadSettings;
  if (settings.mode === undefined) return;
  const load: WrittenLoad = {
    settings,
    own: Object.keys(settings) as LoadKey[],
    says: (key) => settings[key] !== undefined,
    placeOf: (key) => child(place, 'tables', 'load', key),
  };
  yield* keysOfMode(load, settings.mode);
  yield* keysBesideFile(load);
}

type WrittenLoad = Omit<TableLoad, 'place'>;

type Mode = NonNullable<LoadSettings['mode']>;

const modes: readonly Mode[] = ['append', 'upsert', 'replace_window'];

const modesOf: Readonly<Record<Exclude<LoadKey, 'mode'>, readonly Mode[]>> = {
  cursor: ['append', 'upsert'],
  lag: ['append', 'upsert'],
  nulls: modes,
  deletes: ['append', 'upsert'],
  reconcile_keys: ['append', 'upsert'],
  column: ['replace_window'],
  last: ['replace_window'],
  by: ['append'],
  on_vanished: ['append'],
  full_refresh: modes,
};

/** The names of the same thing in another mode. */
const counterparts = {
  cursor: 'column',
  column: 'cursor',
  lag: 'last',
  last: 'lag',
} as const;

function isCounterpart(key: LoadKey): key is keyof typeof counterparts {
  return Object.hasOwn(counterparts, key);
}

function knows(mode: Mode, key: LoadKey): boolean {
  return key === 'mode' || modesOf[key].includes(mode);
}

function* noMode({ own, says, placeOf }: TableLoad): Iterable<Diagnostic> {
  const [first] = own;
  if (first === undefined || says('mode')) return;
  const possible = modes.filter((mode) => own.every((key) => knows(mode, key)));
  const hint = (possible.length === 0 ? modes : possible).map((mode) => `mode: ${mode}`).join(', or ');
  const message = `"${first}" needs a mode: without one all rows are read each time`;
  yield problem(codes.loadIncomplete, message, { ...placeOf(first), part: 'key' }, { hint });
}

function* keysOfMode({ own, says, placeOf }: WrittenLoad, mode: Mode): Iterable<Diagnostic> {
  for (const key of own) {
    if (key === 'mode' || knows(mode, key)) continue;
    const other = isCounterpart(key) ? counterparts[key] : undefined;
    const isMeant = other !== undefined && knows(mode, other) && !says(other);
    const message = `"${key}" is for ${listed(modesOf[key])}: it means nothing to mode ${mode}`;
    const hint = isMeant ? { hint: `did you mean "${other}"?` } : {};
    yield problem(codes.keyDoesNotApply, message, { ...placeOf(key), part: 'key' }, hint);
  }
}

function* keysBesideFile({ settings: { mode }, own, says, placeOf }: WrittenLoad): Iterable<Diagnostic> {
  if (mode !== 'append') return;
  const keyAt = (key: LoadKey) => ({ ...placeOf(key), part: 'key' as const });
  if (says('by')) {
    for (const key of ['cursor', 'lag', 'nulls', 'deletes', 'reconcile_keys'] as const) {
      if (!own.includes(key)) continue;
      const message =
        key === 'cursor'
          ? '"cursor" and "by" exclude each other: one of them identifies new rows'
          : `"${key}" belongs to a cursor: it means nothing beside "by: file"`;
      yield problem(codes.keyDoesNotApply, message, keyAt(key));
    }
  } else if (own.includes('on_vanished') && says('cursor')) {
    yield problem(codes.keyDoesNotApply, '"on_vanished" belongs to "by: file"', keyAt('on_vanished'));
  }
}

function* sourceOfMode(draft: PipelineDraft, table: string, load: TableLoad): Iterable<Diagnostic> {
  const { mode, by } = load.settings;
  const from = draft.written.tables[table]?.from;
  const kind = from && draft.sources.get(from.source)?.settings.type;
  if (from === undefined || kind === undefined || mode === 'full') return;
  if (by === 'file' && mode === 'append') {
    if (sourceKinds[kind].hasFiles) return;
    const message = `"by: file" is for sources of files: "${from.source}" is ${sourceKinds[kind].label}`;
    const hint = { hint: 'write cursor: a column whose value is higher in every new row' };
    yield problem(codes.loadSource, message, load.placeOf('by'), hint);
  } else if (sourceKinds[kind].hasFiles && (mode !== 'append' || load.says('cursor'))) {
    const what = mode === 'append' ? 'append by cursor' : mode;
    const message = `${what} is for PostgreSQL: "${from.source}" is a source of files`;
    const hint = { hint: 'new files are added by load: {mode: append, by: file}' };
    yield problem(codes.loadSource, message, load.placeOf('mode'), hint);
  }
}

/** Reports missing keys of a mode. */
function* complete(draft: PipelineDraft, table: string, load: TableLoad): Iterable<Diagnostic> {
  const { settings, own, says, placeOf } = load;
  // Another mode's name is written instead, and is reported.
  const isMeant = (key: 'cursor' | 'column' | 'last') => own.includes(counterparts[key]);
  const lacks = (keys: readonly string[], hint: string) => {
    const message = `${settings.mode} needs ${keys.map((key) => `"${key}"`).join(' and ')}`;
    return problem(codes.loadIncomplete, message, placeOf('mode'), { hint });
  };
  if (settings.mode === 'append' && !says('cursor') && !says('by') && !isMeant('cursor')) {
    const { source } = draft.written.tables[table]?.from ?? {};
    const kind = source === undefined ? undefined : draft.sources.get(source)?.settings.type;
    if (kind === undefined || !sourceKinds[kind].hasFiles)
      yield lacks(['cursor'], 'a column whose value is higher in every new row, for example cursor: id');
    else yield lacks(['by: file'], 'load: {mode: append, by: file}');
  }
  if (settings.mode === 'upsert') {
    if (!says('cursor') && !isMeant('cursor'))
      yield lacks(['cursor'], 'a column that shows what is new or changed, for example cursor: updated_at');
    if (!hasKey(draft, table)) {
      const message = `upsert finds rows by primary key, and the table "${table}" has none`;
      yield problem(codes.updateKey, message, placeOf('mode'), { hint: 'add primary_key:' });
    }
  }
  if (settings.mode === 'replace_window') {
    const missing = (['column', 'last'] as const).filter((key) => !says(key) && !isMeant(key));
    if (missing.length > 0) yield lacks(missing, 'for example column: order_date, last: 7d');
  }
}

function* rowsThatAreGone(draft: PipelineDraft, table: string, load: TableLoad): Iterable<Diagnostic> {
  const { settings, own, placeOf } = load;
  if (settings.mode !== 'upsert' && (settings.mode !== 'append' || load.says('by'))) return;
  const isByQuery = settings.deletes !== undefined;
  const isByKeys = settings.reconcile_keys === true;
  if (isByQuery && isByKeys) {
    const message = '"deletes" and "reconcile_keys" exclude each other: one of them finds deleted rows';
    const ofDefault = (['deletes', 'reconcile_keys'] as const).find((key) => !own.includes(key));
    const at = {
      ...placeOf(ofDefault === 'reconcile_keys' ? 'deletes' : 'reconcile_keys'),
      part: 'key' as const,
    };
    const hint = ofDefault === undefined ? {} : { hint: `un-set the default: ${ofDefault}: null` };
    yield problem(codes.keyDoesNotApply, message, at, hint);
  }
  if (settings.mode !== 'append' || (!isByQuery && !isByKeys) || hasKey(draft, table)) return;
  const key = isByQuery ? 'deletes' : 'reconcile_keys';
  const message = `"${key}" finds rows by primary key, and the table "${table}" has none`;
  yield problem(codes.updateKey, message, { ...placeOf(key), part: 'key' }, { hint: 'add primary_key:' });
}

function* refreshOfKept({ settings, placeOf }: TableLoad): Iterable<Diagnostic> {
  const { mode, by, on_vanished: vanished, full_refresh: refresh } = settings;
  if (mode !== 'append' || by !== 'file' || vanished !== 'keep' || refresh === undefined) return;
  const message =
    'whenever all rows are read, those that "on_vanished: keep" has kept go: their files are not there';
  const at = { ...placeOf('full_refresh'), part: 'key' as const };
  yield { ...problem(codes.refreshOfKept, message, at), severity: 'warning' };
}

function hasKey(draft: PipelineDraft, table: string): boolean {
  return namesAt(draft, 'tables', table).includes('primary_key');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${String(words.at(-1))}`;
}
