import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type {
  Destination,
  TableauAuth,
  TableauConnection,
  TableauDelivery,
  TableauDestination,
  TableauEquals,
  TableauProject,
  TableauToken,
  TableauWorkbook,
} from '../../model/config/destination.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { PipelineDraft, DraftDestination } from '../drafts/pipeline-draft.ts';
import { readProjectPath, showProjectPath } from '../../model/config/project-path.ts';
import { bytesOf } from '../values/amounts.ts';
import { equalTo, typeInCondition } from './equal-to.ts';
import { packageKind, resolveExtract } from './extract.ts';

export function resolveDestination(
  draft: PipelineDraft,
  destination: DraftDestination,
  shown: DraftDestination,
): Destination {
  const { settings, folder, place } = destination;
  switch (settings.type) {
    case 'file':
      return { type: 'file', place, shown: settings.path, path: resolve(folder, settings.path) };
    case 'tableau':
      return tableau(draft, destination, settings, shown.settings as Written.TableauDestination);
  }
}

const mebibyte = 2 ** 20;

function tableau(
  draft: PipelineDraft,
  { folder, place }: DraftDestination,
  settings: Written.TableauDestination,
  shown: Written.TableauDestination,
): TableauDestination {
  const { description = draft.written.description, tags, certified, certification_note: note } = settings;
  const workbook = workbookOf(draft, settings);
  const connection = connect(settings, shown, folder, workbook === undefined ? 'datasource' : 'workbook');
  const project = projectOf(settings.project);
  const name = settings.name ?? draft.written.name;
  const path = project.kind === 'id' ? project.id : showProjectPath(project.path);
  const label = (site: string, server: string) =>
    `${workbook === undefined ? '' : 'workbook '}${path} "${name}" (${site === '' ? '' : `${site} on `}${hostOf(server)})`;
  const plain = label(connection.site, connection.server);
  const hidden = label(shown.site ?? '', shown.server === settings.server ? connection.server : shown.server);
  return {
    type: 'tableau',
    place,
    shown: hidden,
    ...(plain !== hidden && { plain }),
    connection,
    project,
    name,
    delivery: delivery(draft, settings),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
    ...(certified !== undefined && { certification: { certified, ...(note !== undefined && { note }) } }),
    keep: settings.keep ?? ['description', 'tags', 'certification'],
    createProject: settings.create_project ?? false,
    ...(settings.shared === true && { shared: true }),
    ...(workbook !== undefined && { workbook }),
    singleBelow: size(settings.request_limit, 64 * mebibyte),
    chunkSize: size(settings.chunk_size, 50 * mebibyte),
    jobTimeout: number(settings.job_timeout, 3600),
  };
}

/** Returns the settings of a workbook if that is what the pipeline publishes. */
function workbookOf(
  draft: PipelineDraft,
  { show_tabs: showTabs }: Written.TableauDestination,
): TableauWorkbook | undefined {
  if (packageKind(draft) !== '.twbx') return undefined;
  return { ...(showTabs !== undefined && { showTabs }) };
}

const hostOf = (server: string) => (URL.canParse(server) ? new URL(server).host : server);

function connect(
  settings: Written.TableauDestination,
  shown: Written.TableauDestination,
  folder: string,
  content: Content,
): TableauConnection {
  const { server, site = '', ca } = settings;
  return {
    server: URL.canParse(server) ? new URL(server).origin : server,
    site,
    ...labels(settings, shown),
    auth: authOf(settings.auth, shown.auth, content),
    ...(ca !== undefined && { ca: resolve(folder, ca) }),
    allowInsecure: settings.allow_insecure ?? false,
    timeout: number(settings.timeout, 600),
  };
}

const identityOf = ({ user }: Written.TableauAuth) => (user === undefined ? {} : { identity: user });

/** Returns the labels that messages show instead of parts that come from secrets. */
function labels(
  settings: Written.TableauDestination,
  shown: Written.TableauDestination,
): Pick<TableauConnection, 'labels'> {
  const of = ({ server, site = '', auth }: Written.TableauDestination) => ({
    server: hostOf(server),
    site,
    ...identityOf(auth),
  });
  const labels = of(shown);
  return isDeepStrictEqual(labels, of(settings)) ? {} : { labels };
}

/** The rules have seen to it that one kind is complete. */
function authOf(auth: Written.TableauAuth, shown: Written.TableauAuth, content: Content): TableauAuth {
  const { user = '', tokens } = auth;
  if (tokens !== undefined) {
    return { kind: 'tokens', tokens: tokens.map((token, index) => tokenOf(token, shown.tokens?.[index])) };
  }
  if (auth.token_name !== undefined) return { kind: 'token', ...tokenOf(auth, shown) };
  if (auth.client_id === undefined) return { kind: 'password', user, password: auth.password ?? '' };
  return {
    kind: 'connected-app',
    user,
    clientId: auth.client_id,
    secretId: auth.secret_id ?? '',
    secretValue: auth.secret_value ?? '',
    scopes: auth.scopes ?? usualScopes[content],
  };
}

function tokenOf(
  { token_name: name = '', token_secret: secret = '' }: Written.TableauAuth,
  shown: Written.TableauAuth | undefined,
): TableauToken {
  const label = shown?.token_name;
  return { name, secret, ...(label !== undefined && label !== name && { shown: label }) };
}

type Content = 'datasource' | 'workbook';

/** The scopes for planning, publishing and updating. */
const usualScopes: Readonly<Record<Content, readonly string[]>> = {
  datasource: [
    'tableau:content:read',
    'tableau:projects:*',
    'tableau:datasources:*',
    'tableau:datasource_tags:*',
    'tableau:file_uploads:create',
    'tableau:hyper_data:update',
    'tableau:jobs:read',
  ],
  workbook: [
    'tableau:content:read',
    'tableau:projects:*',
    'tableau:workbooks:*',
    'tableau:workbook_tags:*',
    'tableau:file_uploads:create',
    'tableau:jobs:read',
  ],
};

export function projectOf(project: Written.TableauProject | undefined): TableauProject {
  if (project === undefined) return { kind: 'path', path: ['default'] };
  if (typeof project === 'string') return { kind: 'path', path: readProjectPath(project) };
  return Array.isArray(project) ? { kind: 'path', path: project } : { kind: 'id', id: project.id };
}

function delivery(draft: PipelineDraft, settings: Written.TableauDestination): TableauDelivery {
  if (settings.method !== 'update') return { method: 'publish', mode: settings.mode ?? 'overwrite' };
  const { schema } = resolveExtract(draft);
  const tables = Object.entries(draft.written.tables);
  const { batch, where } = settings;
  return {
    method: 'update',
    action: settings.action ?? 'replace',
    tables: tables.map(([name, { primary_key: key = [] }]) => ({ schema, name, key })),
    most: size(settings.update_limit, 100e6),
    ...(batch !== undefined && { batch }),
    ...(where !== undefined && { where: Object.entries(where).flatMap((one) => equalIn(draft, one)) }),
  };
}

/** All tables have the column in the same type, or the rules have refused it. */
function equalIn(
  draft: PipelineDraft,
  [column, value]: [string, string | number | boolean],
): TableauEquals[] {
  const [table] = Object.values(draft.written.tables);
  const type = table && typeInCondition(table, column, value);
  if (type === undefined) return [];
  const equal = equalTo(column, type, value);
  return 'problem' in equal ? [] : [equal];
}

function size(written: number | string | undefined, fallback: number): number {
  return (typeof written === 'string' ? bytesOf(written) : written) ?? fallback;
}

function number(written: number | string | undefined, fallback: number): number {
  const value = Number(written);
  return Number.isNaN(value) ? fallback : value;
}
