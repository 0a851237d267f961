import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { formatTypeOf, type FormatType } from '../values/file-format.ts';
import { isPlaceholder } from '../references/reference-text.ts';
import { namesAt } from '../drafts/written-names.ts';
import { importCommand } from './import-command.ts';
import { nearest } from '../../model/base/nearest.ts';
import { problem } from '../problem.ts';
import type { WrittenAccess } from '../resolve/s3.ts';
import type { Rule } from './rule.ts';
import { foreign } from '../../model/errors/secrets.ts';

export const bucketAndMatch: Rule = function* ({ sources }) {
  for (const [name, { settings, place }] of sources) {
    if (settings.type !== 's3') continue;
    for (const key of ['bucket', 'match'] as const) {
      if ((settings[key] ?? undefined) !== undefined) continue;
      const hint = {
        hint:
          key === 'bucket' ? 'write bucket: NAME' : 'write match: a key or a wildcard such as sales/**/*.csv',
      };
      yield problem(codes.connectionIncomplete, `"${name}" says no ${key}`, { ...place, part: 'key' }, hint);
    }
  }
};

/** Checks the keys beside a connection: an S3 source names its objects there, and one of PostgreSQL may be limited. */
export const keysBesideConnection: Rule = function* ({ written, sources, place }) {
  for (const [name, source] of Object.entries(written.sources)) {
    const type = sources.get(name)?.settings.type;
    if (!('connection' in source) || type === undefined) continue;
    for (const key of Object.keys(source)) {
      const kind = key === 'limits' ? 'postgres' : 's3';
      if (key === 'connection' || type === kind) continue;
      const at = { ...child(place, 'sources', name, key), part: 'key' as const };
      yield problem(
        codes.keyDoesNotApply,
        `"${key}" is for ${kind === 's3' ? 'S3' : 'PostgreSQL'}: "${source.connection}" is of type ${type}`,
        at,
      );
    }
  }
};

export const s3Access: Rule = function* ({ sources }) {
  for (const { settings, place } of sources.values()) {
    if (settings.type === 's3') yield* checkAccess(settings, place);
  }
};

export function* checkAccess(settings: WrittenAccess, place: Place): Iterable<Diagnostic> {
  const says = (key: keyof typeof settings) =>
    (settings[key] ?? undefined) !== undefined && settings[key] !== false;
  const problemAt = (key: keyof typeof settings, message: string, hint?: string) =>
    problem(codes.s3Access, message, child(place, key), hint === undefined ? {} : { hint });
  if (says('access_key_id') !== says('secret_access_key')) {
    const [there, missing] = says('access_key_id')
      ? (['access_key_id', 'secret_access_key'] as const)
      : (['secret_access_key', 'access_key_id'] as const);
    yield problemAt(there, `"${there}" needs "${missing}" beside it`);
  }
  if (says('session_token') && !says('access_key_id'))
    yield problemAt('session_token', '"session_token" belongs to an "access_key_id"');
  if (says('external_id') && !says('role_arn'))
    yield problemAt('external_id', '"external_id" belongs to a "role_arn"');
  if (says('profile') && says('access_key_id'))
    yield problemAt('profile', 'a profile and an access key: it takes one of them');
  for (const key of ['access_key_id', 'profile', 'role_arn'] as const) {
    if (settings.anonymous === true && says(key))
      yield problemAt('anonymous', `anonymous requests carry no credentials, but "${key}" gives some`);
  }
  if (settings.anonymous === true && settings.requester_pays === true)
    yield problemAt(
      'requester_pays',
      'who pays has to sign: "requester_pays" and "anonymous" exclude each other',
    );
  const { endpoint } = settings;
  if (typeof endpoint === 'string' && !isPlaceholder(endpoint) && !isHttpUrl(endpoint))
    yield problemAt(
      'endpoint',
      `"${foreign(endpoint)}" is no http or https URL`,
      'for example https://minio.example.com:9000',
    );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Formats whose columns cannot come from a header file. */
const namesItself: Partial<Record<FormatType, string>> = {
  parquet: 'Parquet files name and type their columns themselves',
  jsonl: 'the lines of JSON name their values themselves',
  xlsx: 'sheets name their columns themselves',
};

/** The columns of a table are written, or come from a header file that its source names. */
export const columnsOrHeaderFile: Rule = function* (draft) {
  for (const [name, { from, columns_from: columnsFrom }] of Object.entries(draft.written.tables)) {
    const place = child(draft.place, 'tables', name);
    const source = draft.sources.get(from.source);
    if (columnsFrom === undefined) {
      const keys = namesAt(draft, 'tables', name);
      // A misspelt key is reported as an unknown one.
      if (keys.includes('columns') || nearest('columns', keys) !== undefined) continue;
      const header = source?.settings.type === 's3' && source.settings.header_file;
      const command = importCommand(draft, name);
      const hints = [
        ...(command === undefined ? [] : [`${command} prints them, with their types`]),
        ...(header ? ['or take those of the source: columns_from: header_file'] : []),
      ];
      const hint = hints.length === 0 ? {} : { hint: hints.join('; ') };
      yield problem(codes.missingKey, `"${name}" lacks "columns"`, { ...place, part: 'key' }, hint);
      continue;
    }
    if (source === undefined) continue;
    const at = child(place, 'columns_from');
    if (source.settings.type !== 's3') {
      yield problem(codes.headerFile, `"${from.source}" is no S3 source: only those have a header_file`, at);
    } else if ((source.settings.header_file ?? undefined) === undefined) {
      const hint = { hint: 'write header_file: {key: …, types: true} there' };
      yield problem(codes.headerFile, `the source "${from.source}" names no header_file`, at, hint);
    } else {
      const what = namesItself[formatTypeOf(source.settings) ?? 'csv'];
      if (what !== undefined) yield problem(codes.headerFile, what, at, { hint: 'write columns:' });
    }
  }
};
