import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import type { DataSource, World } from '../world.ts';
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
import { listContents } from './list-contents.ts';

export function listDataSources(call: UserCall): Answer {
  const { world } = call;
  return listContents(call, world.dataSources, {
    plural: 'datasources',
    fields: dataSourceFields,
    filters: filterFields(world),
    elementOf: dataSourceElement,
  });
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
