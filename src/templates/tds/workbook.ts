import { RunError } from '../../model/errors/run-error.ts';
import type { DataSource } from './model.ts';
import { readDataSource } from './parse.ts';
import { attributeOf, childOf, childrenOf, descendantsOf, parseXml, type XmlElement } from './xml.ts';

/**
 * Reads one data source of a workbook: the one of this name (or its only one). Sheets and dashboards are not kept in
 * memory.
 *
 * Throws RunError EXT4101 to EXT4103 (parseXml), EXT4104 (no workbook, or one without data) or EXT4207 (several data
 * sources, or none of this name; the message lists them).
 */
export function parseWorkbook(bytes: Buffer, shown: string, name: string | undefined): DataSource {
  const isWanted = (child: string, root: string) => root !== 'workbook' || child === 'datasources';
  const document = parseXml(bytes, shown, isWanted);
  if (document.root.name !== 'workbook')
    throw new RunError(
      'EXT4104',
      `${shown} is not a Tableau workbook: it starts with <${document.root.name}>`,
    );
  const all = childrenOf(childOf(document.root, 'datasources'), 'datasource');
  const parameters = all.filter((one) => attributeOf(one, 'name') === 'Parameters');
  const sources = all.filter((one) => childOf(one, 'connection') !== undefined && !parameters.includes(one));
  const chosen = choose(sources, shown, name);
  return readDataSource(
    document,
    chosen,
    parameters.map((one) => usedIn(chosen, one)),
  );
}

/** A workbook has the parameters of all its data sources: returns those that this one names. */
function usedIn(source: XmlElement, parameters: XmlElement): XmlElement {
  const texts = [...descendantsOf(source)]
    .flatMap(({ attributes, text }) => [...[...attributes.values()].map(({ value }) => value), text])
    .filter((text) => text.includes('[Parameters].'));
  const isUsed = (column: XmlElement) =>
    texts.some((text) => text.includes(`[Parameters].${attributeOf(column, 'name') ?? ''}`));
  return { ...parameters, children: parameters.children.filter(isUsed) };
}

function choose(sources: readonly XmlElement[], shown: string, name: string | undefined): XmlElement {
  const captionOf = (one: XmlElement) => attributeOf(one, 'caption') ?? attributeOf(one, 'name') ?? '';
  const named = sources.filter((one) => captionOf(one) === name || attributeOf(one, 'name') === name);
  const [found, second] = name === undefined ? sources : named;
  if (found !== undefined && second === undefined) return found;
  const list = sources.map((one) => `"${captionOf(one)}"`).join(', ');
  if (sources.length === 0) throw new RunError('EXT4104', `${shown} has no data source`);
  const what =
    name === undefined
      ? `holds several data sources: ${list}`
      : `holds ${found === undefined ? 'no data source' : 'several data sources'} "${name}", but ${list}`;
  throw new RunError('EXT4207', `${shown} ${what}`, { hint: 'name one with --datasource NAME' });
}
