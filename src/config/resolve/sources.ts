import { relative, resolve } from 'node:path';
import type { FileSource, PostgresSource, PostgresTls, Source } from '../../model/config/source.ts';
import type { ReadableSettings } from '../../model/config/readable-paths.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { DraftSource } from '../drafts/pipeline-draft.ts';
import { pathsOf } from '../values/file-format.ts';
import { resolveFormat } from './formats.ts';
import { numbered } from './numbered.ts';
import { resolveS3 } from './s3.ts';

export interface ResolveContext {
  /** The same source with references instead of secrets. */
  shown?: DraftSource | undefined;
  readable?: ReadableSettings;
  /** The project's folder. */
  project?: string;
}

export function resolveSource(
  source: DraftSource,
  { shown = source, readable, project }: ResolveContext = {},
): Source {
  switch (source.settings.type) {
    case 'postgres':
      return postgres(source, source.settings, shown.settings as Written.PostgresSource);
    case 'file':
      return {
        ...files(source, source.settings),
        ...(readable && { readable }),
        ...(project !== undefined && { folder: folderIn(project, source.folder) }),
      };
    case 's3':
      return resolveS3(source, source.settings);
  }
}

function postgres(
  { place, folder }: DraftSource,
  settings: Written.PostgresSource,
  shown: Written.PostgresSource,
): PostgresSource {
  const { url, host, port, database, user, password, ssl, options, target_session_attrs: target } = settings;
  return {
    type: 'postgres',
    place,
    ...(typeof url === 'string' && { url }),
    ...(typeof host === 'string' && { host }),
    ...numbered('port', port),
    ...(typeof database === 'string' && { database }),
    ...(typeof user === 'string' && { user }),
    ...(typeof password === 'string' && { password }),
    ...(ssl !== undefined && ssl !== null && { ssl: resolveTls(ssl, folder) }),
    ...(typeof options === 'string' && { options }),
    ...(typeof target === 'string' && { targetSession: target }),
    ...numbered('connections', settings.limits?.connections),
    ...labels(settings, shown),
  };
}

/** Returns the labels that messages show instead of parts that come from secrets. */
function labels(
  settings: Written.PostgresSource,
  shown: Written.PostgresSource,
): Pick<PostgresSource, 'labels'> {
  const keys = ['host', 'database', 'user'] as const;
  const hidden = keys.filter((key) => typeof shown[key] === 'string' && shown[key] !== settings[key]);
  if (hidden.length === 0) return {};
  return { labels: Object.fromEntries(hidden.map((key) => [key, shown[key] ?? ''])) };
}

/** Returns the encryption of a connection; paths are relative to a folder. */
export function resolveTls(ssl: NonNullable<Written.PostgresTls>, folder: string): PostgresTls {
  if (typeof ssl === 'string') return { mode: ssl };
  const files = (['ca', 'cert', 'key'] as const).flatMap((key) => {
    const path = ssl[key];
    return typeof path === 'string' ? [[key, resolve(folder, path)] as const] : [];
  });
  return { mode: ssl.mode, ...Object.fromEntries(files) };
}

const folderIn = (project: string, folder: string) => relative(project, folder).replaceAll('\\', '/');

function files({ place, folder }: DraftSource, settings: Written.FileSource): FileSource {
  return {
    type: 'file',
    place,
    match: pathsOf(settings),
    base: folder,
    exclude: [settings.exclude ?? []].flat(),
    minFiles: numbered('minFiles', settings.min_files).minFiles ?? 1,
    format: resolveFormat(settings),
  };
}
