import type { DataSource } from '../world.ts';
import { dataSourceElement } from './data-sources.ts';
import { addRevision, newContent, tellPublished } from './publication.ts';
import { publisherOf, type PublishKind } from './publish.ts';
import { readDataSourcePayload, type AskedDataSource } from './publish-request.ts';

const kind: PublishKind<AskedDataSource, DataSource> = {
  element: 'datasource',
  noun: 'data source',
  jobType: 'PublishDatasource',
  files: ['hyper', 'tdsx', 'tds'],
  readPayload: readDataSourcePayload,
  all: ({ dataSources }) => dataSources,
  toElement: dataSourceElement,
  async record(call, publication, contents, existing) {
    const { world } = call;
    const { asked } = publication;
    const { overwriteClears, publishTakesDetails } = world.settings;
    const dataSource: DataSource = existing ?? {
      ...newContent(call, publication, world.dataSources),
      type: '',
      isCertified: false,
      certificationNote: '',
      useRemoteQueryAgent: asked.useRemoteQueryAgent,
      askData: asked.askData ?? 'SiteDefault',
      isLiveToHyper: false,
      updating: Promise.resolve(),
    };
    dataSource.type = contents.type;
    dataSource.isLiveToHyper = contents.isLiveToHyper;
    if (existing !== undefined && overwriteClears.includes('certification')) {
      dataSource.isCertified = false;
      dataSource.certificationNote = '';
    }
    if (publishTakesDetails) {
      dataSource.isCertified = asked.isCertified ?? dataSource.isCertified;
      dataSource.certificationNote = asked.certificationNote ?? dataSource.certificationNote;
    }
    if (existing === undefined) world.dataSources.push(dataSource);
    await addRevision(call, dataSource, publication, contents);
    tellPublished(call, { noun: kind.noun, content: dataSource }, publication);
    return dataSource;
  },
};

export const publishDataSource = publisherOf(kind);
