import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import { filterAndSort, flagOperators, rangeOperators, textOperators } from '../rest/filters.ts';
import { readFields } from '../rest/fields.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import type { DataSource, Project, User, World } from '../world.ts';
import { currentFile, instant, isAdministrator, isIndexed, mayPublishInto } from '../world.ts';

export function listDataSources(call: UserCall): Answer {
  const { world, site, query } = call;
  const wanted = readFields(query, dataSourceFields);
  const all = world.dataSources.filter(
    ({ siteId, createdAt }) => siteId === site.id && isIndexed(world, createdAt),
  );
  const found = filterAndSort(all, query, filterFields(world));
  const { items, pagination } = pageOf(found, query, world.settings.maximumPageSize);
  const elements = items.map((dataSource) => wanted.of(dataSourceElement(dataSource, call)));
  return answer(200, [pagination, list('datasources', elements)]);
}

/** The names of fields that a list of data sources can select, beside `_default_` and `_all_`. */
const dataSourceFields = [
  ...['id', 'name', 'contentUrl', 'description', 'type', 'size', 'createdAt', 'updatedAt', 'encryptExtracts'],
  ...['hasExtracts', 'isCertified', 'certificationNote', 'useRemoteQueryAgent', 'webpageUrl', 'isPublished'],
  ...['connectedWorkbooksCount', 'favoritesTotal', 'hasAlert', 'project', 'owner', 'tags', 'askData'],
];

export function getDataSource(call: UserCall): Answer {
  return answer(200, [dataSourceElement(findDataSource(call), call)]);
}

export function deleteDataSource(call: UserCall): Answer {
  const dataSource = findDataSource(call);
  if (!mayChange(call.world, dataSource, call.user)) {
    throw refuse('403004', 'You do not have permission to delete the data source.');
  }
  call.world.dataSources = call.world.dataSources.filter((other) => other !== dataSource);
  call.tell({ what: 'deleted', name: dataSource.name });
  return answer(204);
}

/**
 * Returns the filter fields. There is no project id and no parent project among them: names of nested projects cannot
 * be distinguished.
 */
function filterFields(world: World): Record<string, FilterField<DataSource>> {
  const owner = (dataSource: DataSource) => world.users.find((user) => user.id === dataSource.ownerId);
  const text = (read: FilterField<DataSource>['read']) => ({ operators: textOperators, read });
  const flag = (read: FilterField<DataSource>['read']) => ({ operators: flagOperators, read });
  const range = (values: 'instant' | 'number', read: FilterField<DataSource>['read']) => ({
    operators: rangeOperators,
    values,
    read,
  });
  return {
    name: text(({ name }) => name),
    projectName: text(({ projectId }) => world.projects.find(({ id }) => id === projectId)?.name),
    contentUrl: text(({ contentUrl }) => contentUrl),
    tags: text(({ tags }) => tags),
    connectionType: text(({ connections }) => connections.map(({ type }) => type)),
    connectionTo: text(({ connections }) => connections.map(({ serverAddress }) => serverAddress)),
    serverName: text(({ connections }) => connections.map(({ serverAddress }) => serverAddress)),
    databaseUserName: text(({ connections }) => connections.map(({ userName }) => userName)),
    databaseName: text(() => undefined),
    tableName: text(() => undefined),
    authenticationType: text(() => undefined),
    ownerName: text((dataSource) => owner(dataSource)?.name),
    ownerDomain: text(() => 'local'),
    description: text(({ description }) => description),
    type: flag(({ type }) => type),
    ownerEmail: flag((dataSource) => owner(dataSource)?.name),
    hasExtracts: flag(({ hasExtracts }) => hasExtracts),
    isCertified: flag(({ isCertified }) => isCertified),
    isPublished: flag(() => true),
    hasAlert: flag(() => false),
    hasEmbeddedPassword: flag(({ connections }) => connections.some(({ embedPassword }) => embedPassword)),
    isConnectable: flag(() => true),
    isDefaultPort: flag(() => true),
    isHierarchical: flag(() => false),
    serverPort: flag(({ connections }) => connections.map(({ serverPort }) => serverPort)),
    createdAt: range('instant', ({ createdAt }) => instant(createdAt)),
    updatedAt: range('instant', ({ updatedAt }) => instant(updatedAt)),
    size: range('number', (dataSource) => sizeOf(dataSource)),
    favoritesTotal: range('number', () => 0),
    connectedWorkbookType: range('number', () => undefined),
  };
}

/** The `size` attribute: megabytes, at least one. */
function sizeOf(dataSource: DataSource): number {
  return Math.max(1, Math.round(currentFile(dataSource).size / (1024 * 1024)));
}

/** The data source of the path; refuses with 404004 when the call's site has none of that id. */
export function findDataSource(call: UserCall): DataSource {
  const id = call.params.dataSource ?? '';
  const found = call.world.dataSources.find((one) => one.id === id && one.siteId === call.site.id);
  if (found === undefined) throw refuse('404004', `Datasource '${id}' could not be found.`);
  return found;
}

export function mayChange(world: World, dataSource: DataSource, user: User): boolean {
  if (isAdministrator(user) || dataSource.ownerId === user.id) return true;
  const project = world.projects.find((candidate) => candidate.id === dataSource.projectId);
  return project !== undefined && mayPublishInto(project, user);
}

/** The data source of this name in the project; names are unique there without regard to case. */
export function dataSourceNamed(world: World, project: Project, name: string): DataSource | undefined {
  return world.dataSources.find(
    (other) => other.projectId === project.id && other.name.toLowerCase() === name.toLowerCase(),
  );
}

export function dataSourceElement(dataSource: DataSource, call: UserCall): Element {
  const { world } = call;
  const project = world.projects.find((candidate) => candidate.id === dataSource.projectId);
  const allFields = call.query.get('fields')?.split(',').includes('_all_') === true;
  const owner = world.users.find((user) => user.id === dataSource.ownerId);
  const fullOwner = allFields
    ? { name: owner?.name, fullName: owner?.fullName, siteRole: owner?.siteRole, email: owner?.name }
    : {};
  return element(
    'datasource',
    {
      id: dataSource.id,
      name: dataSource.name,
      contentUrl: dataSource.contentUrl,
      description: dataSource.description === '' ? undefined : dataSource.description,
      type: dataSource.type,
      size: sizeOf(dataSource),
      createdAt: instant(dataSource.createdAt),
      updatedAt: instant(dataSource.updatedAt),
      encryptExtracts: dataSource.encryptExtracts,
      hasExtracts: dataSource.hasExtracts,
      isCertified: dataSource.isCertified,
      certificationNote: dataSource.certificationNote === '' ? undefined : dataSource.certificationNote,
      useRemoteQueryAgent: dataSource.useRemoteQueryAgent,
      webpageUrl: `https://tableau.example.com/#/site/${call.site.contentUrl}/datasources/${dataSource.id}`,
      ...(allFields && { isPublished: true, connectedWorkbooksCount: 0, favoritesTotal: 0, hasAlert: false }),
    },
    [
      element('project', { id: project?.id, name: project?.name }),
      element('owner', { id: dataSource.ownerId, ...fullOwner }),
      tagsElement(dataSource.tags),
      element('askData', { enablement: dataSource.askData }),
    ],
  );
}

export function tagsElement(tags: readonly string[]): Element {
  return list(
    'tags',
    tags.map((label) => element('tag', { label })),
  );
}
