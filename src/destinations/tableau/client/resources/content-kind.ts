import type { TableauDestination } from '../../../../model/config/destination.ts';
import type { AppliedPublication } from '../../../../model/world/applied-record.ts';
import type { Site } from '../site/site.ts';

/**
 * A kind of content that is published. The API publishes, lists, describes and deletes both in the same way, under
 * other names.
 */
export interface ContentKind {
  /** The part of a path below which they are, and the element that lists them. */
  plural: 'datasources' | 'workbooks';
  /** The element of one; the names of the file's part and type are made of it. */
  element: 'datasource' | 'workbook';
  noun: 'data source' | 'workbook';
  /** The kinds of file that are published as one. */
  files: readonly string[];
  /** Parameters of a publication beside the mode and the type of its file. */
  parameters: Readonly<Record<string, string>>;
}

/** All that a site has of a kind. */
export interface Collection {
  site: Site;
  kind: ContentKind;
}

export function kindOf({ workbook }: Pick<TableauDestination, 'workbook'>): ContentKind {
  return workbook === undefined ? dataSources : workbooks;
}

export function kindOfApplied({ content }: AppliedPublication): ContentKind {
  return content === 'workbook' ? workbooks : dataSources;
}

const dataSources: ContentKind = {
  plural: 'datasources',
  element: 'datasource',
  noun: 'data source',
  files: ['hyper', 'tdsx'],
  parameters: {},
};

/** Other data sources of a workbook may need credentials that only the server has: their connections are not tried. */
const workbooks: ContentKind = {
  plural: 'workbooks',
  element: 'workbook',
  noun: 'workbook',
  files: ['twbx'],
  parameters: { skipConnectionCheck: 'true' },
};
