import { dirname } from 'node:path';
import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { withAbsolutePaths, merge, mergeLoad } from './defaults.ts';
import type { LoadedFile } from '../read/loaded-file.ts';
import type { Shared } from './shared.ts';
import { layerValueSettings, type WrittenValueSettings } from '../values/value-settings.ts';

/**
 * A pipeline between its written and its resolved form: references substituted, connections and named destinations
 * followed, defaults applied. The rules check it; resolve.ts turns it into the model.
 */
export interface PipelineDraft {
  loaded: LoadedFile;
  /** The file as it is, misshapen parts included. */
  whole: unknown;
  place: Place;
  /** The name, with for_each `name[key]`. */
  address: string;
  /** The key of an item of for_each. */
  key: string | undefined;
  /** The folder of the pipeline file: its paths are relative to it. */
  folder: string;
  written: Written.Pipeline;
  /** The sources by name; a source whose connection does not exist is missing. */
  sources: ReadonlyMap<string, DraftSource>;
  extract: Written.Extract;
  /** The default of every table. */
  load: Written.Load | undefined;
  verifyKey: boolean;
  read: Written.Read | undefined;
  /** The same settings for values. */
  values: WrittenValueSettings;
  /** A destination whose name does not exist is missing. */
  destinations: readonly DraftDestination[];
  shared: Shared;
  /** The same draft with references instead of secrets, for display and records. */
  shown?: PipelineDraft;
}

export interface DraftSource {
  place: Place;
  /** The folder of the file that defines the source. */
  folder: string;
  /** The source without defaults. */
  own: Written.InlineSource;
  /** The source with defaults. */
  settings: Written.InlineSource;
}

export interface DraftDestination {
  place: Place;
  folder: string;
  settings: Written.InlineDestination;
}

export function draftPipeline(
  loaded: LoadedFile,
  { whole, written, key }: Pick<PipelineDraft, 'whole' | 'written' | 'key'>,
  shared: Shared,
): PipelineDraft {
  const place: Place = { file: loaded.file, pointer: '' };
  const folder = dirname(loaded.absolute);
  const defaults = merge(shared.defaults, withAbsolutePaths(written.defaults, folder)) ?? {};
  const here = { place, folder, shared };

  const sources = new Map<string, DraftSource>();
  for (const [name, source] of Object.entries(written.sources)) {
    const found = sourceOf(source, here);
    if (found === undefined) continue;
    const settings = merge<Written.InlineSource>(defaultsFor(found.own, defaults), found.own) ?? found.own;
    sources.set(name, { ...found, place: child(place, 'sources', name), settings });
  }
  return {
    loaded,
    whole,
    address: addressOf(written.name, key),
    key,
    ...here,
    written,
    sources,
    extract: merge<Written.Extract>(defaults.extract, written.extract) ?? {},
    load: mergeLoad(shared.defaults?.tables?.load, written.defaults?.tables?.load),
    verifyKey: defaults.tables?.verify_key ?? true,
    read: defaults.tables?.read,
    values: layerValueSettings(written.defaults?.tables, shared.defaults?.tables),
    destinations: (written.destinations ?? []).flatMap((destination, index) => {
      const found = destinationOf(destination, here);
      return found === undefined ? [] : [{ ...found, place: child(place, 'destinations', index) }];
    }),
  };
}

export function addressOf(name: string, key: string | undefined): string {
  return key === undefined ? name : `${name}[${key}]`;
}

interface Here {
  folder: string;
  shared: Shared;
}

function sourceOf(source: Written.Source, { folder, shared }: Here) {
  if (!('connection' in source)) return { folder, own: source };
  const { connection: name, ...over } = source;
  const connection = shared.connection(name);
  if (connection === undefined) return undefined;
  return { folder: shared.folder, own: beside(connection, over) };
}

/** Returns a connection with the keys that are written beside its name; a rule reports those that have no effect. */
function beside(
  connection: Written.InlineSource,
  { limits, ...over }: Omit<Written.ConnectionSource, 'connection'>,
): Written.InlineSource {
  if (connection.type === 's3') return { ...connection, ...over };
  return connection.type === 'postgres' && limits !== undefined ? { ...connection, limits } : connection;
}

/** A default has a type of its own only in the schema; in a merge it takes that of the source. */
function defaultsFor(
  source: Written.InlineSource,
  defaults: Written.Defaults,
): Written.InlineSource | undefined {
  const found = defaults.sources?.[source.type];
  return found && ({ ...found, type: source.type } as Written.InlineSource);
}

function destinationOf(destination: Written.Destination, { folder, shared }: Here) {
  if (!('use' in destination)) return { folder, settings: destination };
  const { use, ...over } = destination;
  const named = shared.destination(use);
  if (named === undefined) return undefined;
  // A path is relative to the file that contains it.
  return { folder: over.path === undefined ? shared.folder : folder, settings: { ...named, ...over } };
}
