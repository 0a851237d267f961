import type { Element } from '../rest/element.ts';
import { childOf, descendants } from '../rest/element.ts';
import { parseXml } from '../rest/xml.ts';

/** The facts about a `.tds` that publishing needs. */
export interface DataSourceDocument {
  /** `live`: its connections reach the data; `extract`: an enabled extract precedes them. */
  flavour: 'live' | 'extract';
  /** The upstream connections, one for each named connection. */
  connections: {
    type: string;
    serverAddress: string;
    serverPort: string;
    userName: string;
    database: string;
  }[];
  /** The location of the extract in the package, for the extract flavour. */
  extractDatabase: string | undefined;
}

/** Reads a `.tds`; throws an Error with the reason if it is not one. */
export function readTds(text: string): DataSourceDocument {
  return readDataSource(rootNamed(text, 'datasource'));
}

/**
 * Reads the data sources of a `.twb`; throws an Error with the reason if it is not one. Parameters are kept as a data
 * source that has no connection.
 */
export function readTwb(text: string): DataSourceDocument[] {
  const all = childOf(rootNamed(text, 'workbook'), 'datasources')?.children ?? [];
  return all
    .filter(({ name, attributes }) => name === 'datasource' && attributes.hasconnection !== 'false')
    .map(readDataSource);
}

function rootNamed(text: string, name: string): Element {
  const root = parseXml(text.replace(/^\uFEFF/, ''), 'any');
  if (root.name !== name) throw new Error(`the root element is <${root.name}>, not <${name}>`);
  return root;
}

function readDataSource(root: Element): DataSourceDocument {
  const connection = childOf(root, 'connection');
  if (connection === undefined) throw new Error('it has no <connection>');
  const extract = childOf(root, 'extract');
  const isExtract = extract?.attributes.enabled === 'true';
  const extractConnection = extract !== undefined && isExtract ? childOf(extract, 'connection') : undefined;
  return {
    flavour: isExtract ? 'extract' : 'live',
    connections: upstreamOf(connection).map((upstream) => ({
      type: upstream.attributes.class ?? '',
      serverAddress: upstream.attributes.server ?? '',
      serverPort: upstream.attributes.port ?? '',
      userName: upstream.attributes.username ?? '',
      database: entryNameOf(upstream.attributes.dbname ?? ''),
    })),
    extractDatabase:
      extractConnection === undefined ? undefined : entryNameOf(extractConnection.attributes.dbname ?? ''),
  };
}

function upstreamOf(connection: Element): Element[] {
  if (connection.attributes.class !== 'federated') return [connection];
  return descendants(connection, (element) => element.name === 'named-connection').flatMap((named) =>
    named.children.filter((child) => child.name === 'connection'),
  );
}

function entryNameOf(database: string): string {
  return database.replaceAll('\\', '/').replace(/^\/+/, '');
}
