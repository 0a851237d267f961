import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import { filterAndSort } from '../rest/filters.ts';
import { readFields } from '../rest/fields.ts';
import { pageOf } from '../rest/paging.ts';
import type { DataSource, World } from '../world.ts';
import { isIndexed } from '../world.ts';
import {
  asksForAllFields,
  contentAttributes,
  contentChildren,
  contentFilters,
  findDataSource,
  flagField,
  rangeField,
  textField,
} from './content.ts';

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

function filterFields(world: World): Record<string, FilterField<DataSource>> {
  return {
    ...contentFilters(world),
    connectionType: textField(({ connections }) => connections.map(({ type }) => type)),
    connectionTo: textField(({ connections }) => connections.map(({ serverAddress }) => serverAddress)),
    serverName: textField(({ connections }) => connections.map(({ serverAddress }) => serverAddress)),
    databaseUserName: textField(({ connections }) => connections.map(({ userName }) => userName)),
    databaseName: textField(() => undefined),
    tableName: textField(() => undefined),
    authenticationType: textField(() => undefined),
    description: textField(({ description }) => description),
    type: flagField(({ type }) => type),
    isCertified: flagField(({ isCertified }) => isCertified),
    isPublished: flagField(() => true),
    hasAlert: flagField(() => false),
    hasEmbeddedPassword: flagField(({ connections }) =>
      connections.some(({ embedPassword }) => embedPassword),
    ),
    isConnectable: flagField(() => true),
    isDefaultPort: flagField(() => true),
    isHierarchical: flagField(() => false),
    serverPort: flagField(({ connections }) => connections.map(({ serverPort }) => serverPort)),
    connectedWorkbookType: rangeField('number', () => undefined),
  };
}

export function dataSourceElement(dataSource: DataSource, call: UserCall): Element {
  return element(
    'datasource',
    {
      ...contentAttributes(dataSource),
      type: dataSource.type,
      isCertified: dataSource.isCertified,
      certificationNote: dataSource.certificationNote === '' ? undefined : dataSource.certificationNote,
      useRemoteQueryAgent: dataSource.useRemoteQueryAgent,
      webpageUrl: `https://tableau.example.com/#/site/${call.site.contentUrl}/datasources/${dataSource.id}`,
      ...(asksForAllFields(call) && {
        isPublished: true,
        connectedWorkbooksCount: 0,
        favoritesTotal: 0,
        hasAlert: false,
      }),
    },
    [...contentChildren(dataSource, call), element('askData', { enablement: dataSource.askData })],
  );
}
