import type { Handler, UserHandler } from './call.ts';
import { signIn, signOut, switchSite } from './resources/auth.ts';
import { listConnections, updateConnection } from './resources/connections.ts';
import { updateDataSource } from './resources/data-source-update.ts';
import { deleteContent } from './resources/content.ts';
import { getDataSource, listDataSources } from './resources/data-sources.ts';
import { updateHyperData } from './resources/hyper-data.ts';
import { cancelJob, getJob } from './resources/jobs.ts';
import { listPermissions } from './resources/permissions.ts';
import { createProject, deleteProject, listProjects, updateProject } from './resources/projects.ts';
import { publishDataSource } from './resources/publish-data-source.ts';
import { publishWorkbook } from './resources/publish-workbook.ts';
import { deleteRevision, downloadContent, downloadRevision, listRevisions } from './resources/revisions.ts';
import { getSite, getUser, listSites, serverInfo } from './resources/sites.ts';
import { addTags, deleteTag } from './resources/tags.ts';
import { appendToUpload, initiateUpload } from './resources/uploads.ts';
import { updateWorkbook } from './resources/workbook-update.ts';
import { getWorkbook, listWorkbooks } from './resources/workbooks.ts';

/**
 * The handler of a path and a verb. `scope` must be granted by the JWT of a connected app; the scopes for publishing
 * are documented, the rest follow their naming.
 */
export type Route =
  | { method: string; pattern: RegExp; access: 'anyone'; handle: Handler }
  | { method: string; pattern: RegExp; access: 'session'; scope: string | undefined; handle: UserHandler };

/** Finds the route for a path below `/api/{version}`, or the verbs that the path would take. */
export function findRoute(
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | { allowed: string[] } {
  const allowed: string[] = [];
  for (const route of routes) {
    const match = route.pattern.exec(path);
    const params = decoded(match?.groups ?? {});
    if (match === null || params === undefined) continue;
    if (route.method === method) return { route, params };
    allowed.push(route.method);
  }
  return { allowed };
}

function decoded(groups: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return undefined;
  }
}

const routes: readonly Route[] = [
  open('GET', '/serverinfo', serverInfo, 'i'),
  open('POST', '/auth/signin', signIn),
  signedIn('POST', '/auth/signout', undefined, signOut),
  signedIn('POST', '/auth/switchSite', undefined, switchSite),
  signedIn('GET', '/sites', 'tableau:sites:read', listSites),
  signedIn('GET', '/sites/:site', 'tableau:sites:read', getSite),
  signedIn('GET', '/sites/:site/users/:user', 'tableau:users:read', getUser),

  signedIn('GET', '/sites/:site/projects', 'tableau:content:read', listProjects),
  signedIn('POST', '/sites/:site/projects', 'tableau:projects:create', createProject),
  signedIn('PUT', '/sites/:site/projects/:project', 'tableau:projects:update', updateProject),
  signedIn('DELETE', '/sites/:site/projects/:project', 'tableau:projects:delete', deleteProject),

  signedIn('POST', '/sites/:site/fileUploads', 'tableau:file_uploads:create', initiateUpload),
  signedIn('PUT', '/sites/:site/fileUploads/:upload', 'tableau:file_uploads:create', appendToUpload),

  signedIn('GET', '/sites/:site/datasources', 'tableau:content:read', listDataSources),
  signedIn('POST', '/sites/:site/datasources', 'tableau:datasources:create', publishDataSource),
  signedIn('GET', '/sites/:site/datasources/:dataSource', 'tableau:content:read', getDataSource),
  signedIn('PUT', '/sites/:site/datasources/:dataSource', 'tableau:datasources:update', updateDataSource),
  ...contentRoutes('datasources/:dataSource', 'datasource'),
  signedIn(
    'PATCH',
    '/sites/:site/datasources/:dataSource/data',
    'tableau:hyper_data:update',
    updateHyperData,
  ),
  signedIn(
    'PATCH',
    '/sites/:site/datasources/:dataSource/connections/:connection/data',
    'tableau:hyper_data:update',
    updateHyperData,
  ),

  signedIn('GET', '/sites/:site/workbooks', 'tableau:content:read', listWorkbooks),
  signedIn('POST', '/sites/:site/workbooks', 'tableau:workbooks:create', publishWorkbook),
  signedIn('GET', '/sites/:site/workbooks/:workbook', 'tableau:content:read', getWorkbook),
  signedIn('PUT', '/sites/:site/workbooks/:workbook', 'tableau:workbooks:update', updateWorkbook),
  ...contentRoutes('workbooks/:workbook', 'workbook'),

  signedIn('GET', '/sites/:site/jobs/:job', 'tableau:jobs:read', getJob),
  signedIn('PUT', '/sites/:site/jobs/:job', 'tableau:jobs:update', cancelJob),
];

/** Returns the routes of one data source or workbook that are the same for both. */
function contentRoutes(content: string, kind: 'datasource' | 'workbook'): Route[] {
  const one = `/sites/:site/${content}`;
  const may = (right: string) => `tableau:${kind}s:${right}`;
  const read = 'tableau:content:read';
  return [
    signedIn('DELETE', one, may('delete'), deleteContent),
    signedIn('GET', `${one}/permissions`, 'tableau:permissions:read', listPermissions),
    signedIn('PUT', `${one}/tags`, `tableau:${kind}_tags:update`, addTags),
    signedIn('DELETE', `${one}/tags/:tag`, `tableau:${kind}_tags:delete`, deleteTag),
    signedIn('GET', `${one}/content`, may('download'), downloadContent),
    signedIn('GET', `${one}/revisions`, read, listRevisions),
    signedIn('GET', `${one}/revisions/:revision/content`, may('download'), downloadRevision),
    signedIn('DELETE', `${one}/revisions/:revision`, may('delete'), deleteRevision),
    signedIn('GET', `${one}/connections`, read, listConnections),
    signedIn('PUT', `${one}/connections/:connection`, may('update'), updateConnection),
  ];
}

function open(method: string, path: string, handle: Handler, flags = ''): Route {
  return { method, pattern: patternOf(path, flags), access: 'anyone', handle };
}

function signedIn(method: string, path: string, scope: string | undefined, handle: UserHandler): Route {
  return { method, pattern: patternOf(path), access: 'session', scope, handle };
}

function patternOf(path: string, flags = ''): RegExp {
  return new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`, flags);
}
