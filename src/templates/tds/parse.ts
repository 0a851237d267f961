import { RunError } from '../../model/errors/run-error.ts';
import { parseColumn, parseParameter } from './column-elements.ts';
import { parseConnection } from './connections.ts';
import { parseDashboardSets, parseFilters, parseFolders, parseHierarchies, parseSets } from './semantics.ts';
import type { DataSource } from './model.ts';
import { unbracket } from './brackets.ts';
import { parseObjects, parseRelationships } from './object-graph.ts';
import { attributeOf, childOf, childrenOf, descendantsOf, parseXml } from './xml.ts';
import type { XmlDocument, XmlElement } from './xml.ts';

/**
 * Reads a .tds. `shown` names the file in errors.
 *
 * Throws RunError EXT4101 to EXT4103 (parseXml) and EXT4104 when the XML describes no data source.
 */
export function parseDataSource(bytes: Buffer, shown: string): DataSource {
  const document = parseXml(bytes, shown);
  const { root } = document;
  if (root.name !== 'datasource' || childOf(root, 'connection') === undefined)
    throw notADataSource(shown, root);
  return readDataSource(document, root, root.children.filter(isParameters));
}

/** Reads a data source of a document. `parameters` are the elements that hold its parameters. */
export function readDataSource(
  { text, comments }: XmlDocument,
  root: XmlElement,
  parameters: readonly XmlElement[],
): DataSource {
  const connection = childOf(root, 'connection');
  if (connection === undefined) throw new Error('a data source has a connection');
  const extract = childOf(root, 'extract');
  const extracted = attributeOf(extract, 'enabled') === 'true' ? childOf(extract, 'connection') : undefined;
  const graph = childOf(root, 'object-graph');
  return {
    text,
    range: { start: root.start, end: root.end },
    id: attributeOf(root, 'name'),
    name: attributeOf(root, 'caption') ?? attributeOf(root, 'formatted-name') ?? attributeOf(root, 'name'),
    writtenBy: comments.map(versionIn).find((version) => version !== undefined),
    spelling: descendantsOf(root).some(({ feature }) => feature !== undefined) ? 'prefixed' : 'plain',
    connection: parseConnection(connection),
    extract: extracted && parseConnection(extracted),
    hasDisabledExtract: extracted === undefined && childOf(extract, 'connection') !== undefined,
    columns: childrenOf(root, 'column')
      .filter((column) => attributeOf(column, 'datatype') !== 'table')
      .map(parseColumn),
    instances: parseInstances(root),
    sets: parseSets(root),
    dashboardSets: parseDashboardSets(root),
    hierarchies: parseHierarchies(root),
    folders: parseFolders(root),
    filters: parseFilters(root),
    objects: parseObjects(graph),
    relationships: parseRelationships(graph),
    parameters: parameters.flatMap((one) => childrenOf(one, 'column').map(parseParameter)),
    isOfWorkbook: false,
    sheets: [],
    others: [...new Set(root.children.filter((child) => !isKnown(child)).map(({ name }) => name))],
  };
}

const known = new Set([
  'document-format-change-manifest',
  'connection',
  'aliases',
  'column',
  'column-instance',
  'group',
  'drill-paths',
  'folders-common',
  'folder',
  'extract',
  'layout',
  'filter',
  'object-graph',
]);

function isKnown(child: XmlElement): boolean {
  return known.has(child.name) || isParameters(child);
}

function isParameters(child: XmlElement): boolean {
  return child.name === 'datasource-dependencies' && attributeOf(child, 'datasource') === 'Parameters';
}

function notADataSource(shown: string, root: XmlElement): RunError {
  if (root.name === 'workbook') {
    return new RunError('EXT4104', `${shown} is a workbook, not a data source`, {
      hint: 'in Tableau Desktop: Data > (data source) > Add to Saved Data Sources, and use that .tdsx',
    });
  }
  const what =
    root.name === 'datasource' ? 'has no <connection>' : `starts with <${root.name}>, not <datasource>`;
  return new RunError('EXT4104', `${shown} is not a Tableau data source: it ${what}`);
}

/** `build 20233.24.0322.1234` is Tableau 2023.3; our own files say `Tableau 2023.3`. */
function versionIn(comment: string): string | undefined {
  const [, year, release] = /\b(?:build |Tableau )(20\d\d)\.?(\d)\b/.exec(comment) ?? [];
  return year === undefined || release === undefined ? undefined : `${year}.${release}`;
}

function parseInstances(root: XmlElement): ReadonlyMap<string, string> {
  const pairs = childrenOf(root, 'column-instance').map((instance): [string, string] => [
    unbracket(attributeOf(instance, 'name') ?? ''),
    unbracket(attributeOf(instance, 'column') ?? ''),
  ]);
  return new Map(pairs);
}
