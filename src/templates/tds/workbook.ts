import { RunError } from '../../model/errors/run-error.ts';
import type { DataSource } from './model.ts';
import { readDataSource } from './parse.ts';
import { digestSheet, ofSource, type SheetDigest } from './sheets.ts';
import { attributeOf, childOf, childrenOf, descendantsOf, parseXml, type XmlElement } from './xml.ts';

/**
 * Reads the data sources of a workbook, each with what the sheets need of it. Of sheets and dashboards only that is kept
 * in memory. `Parameters` is no data source, although Tableau stores it as one.
 *
 * Throws RunError EXT4101 to EXT4103 (parseXml) or EXT4104 (no workbook, or one without data).
 */
export function parseWorkbook(bytes: Buffer, shown: string): DataSource[] {
  const sheets: SheetDigest[] = [];
  const document = parseXml(bytes, shown, {
    wanted: (child, root) => root !== 'workbook' || wantedParts.has(child),
    digest(element) {
      const digest = digestSheet(element);
      if (digest !== undefined) sheets.push(digest);
      return digest !== undefined;
    },
  });
  if (document.root.name !== 'workbook')
    throw new RunError(
      'EXT4104',
      `${shown} is not a Tableau workbook: it starts with <${document.root.name}>`,
    );
  const all = childrenOf(childOf(document.root, 'datasources'), 'datasource');
  const parameters = all.filter((one) => attributeOf(one, 'name') === 'Parameters');
  const sources = all.filter((one) => childOf(one, 'connection') !== undefined && !parameters.includes(one));
  if (sources.length === 0) throw new RunError('EXT4104', `${shown} has no data source`);
  return sources.map((source) => ({
    ...readDataSource(
      document,
      source,
      parameters.map((one) => usedIn(source, one)),
    ),
    isOfWorkbook: true,
    sheets: ofSource(sheets, attributeOf(source, 'name') ?? ''),
  }));
}

/** A workbook has the parameters of all its data sources: returns those that this one names. */
function usedIn(source: XmlElement, parameters: XmlElement): XmlElement {
  const texts = descendantsOf(source)
    .flatMap(({ attributes, text }) => [...[...attributes.values()].map(({ value }) => value), text])
    .filter((text) => text.includes('[Parameters].'));
  const named = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/\[Parameters\]\.(\[(?:[^\]]|\]\])*\])/g)].map(([, name]) => name ?? ''),
    ),
  );
  const isUsed = (column: XmlElement) => named.has(attributeOf(column, 'name') ?? '');
  return { ...parameters, children: parameters.children.filter(isUsed) };
}

const wantedParts = new Set(['datasources', 'worksheets', 'dashboards']);

/**
 * Returns the data source that has this caption or name, or the only one.
 *
 * Throws RunError EXT4207 if there are several, or none of this name; the message lists them.
 */
export function chooseSource<One extends { source: DataSource }>(
  all: readonly One[],
  shown: string,
  name: string | undefined,
): One {
  const isMeant = ({ source }: One) => name === undefined || source.name === name || source.id === name;
  const [found, second] = all.filter(isMeant);
  if (found !== undefined && second === undefined) return found;
  const sources = all.map(({ source }) => source);
  const list = sources.map((one) => describedSource(one, sources)).join(', ');
  const what =
    name === undefined
      ? `holds several data sources: ${list}`
      : `holds ${found === undefined ? 'no data source' : 'several data sources'} "${name}", but ${list}`;
  throw new RunError('EXT4207', `${shown} ${what}`, {
    hint: 'name one: datasource: under template, or --datasource NAME',
  });
}

/** Two data sources may have one caption; the name that Tableau gave them distinguishes them. */
function describedSource({ name, id }: DataSource, sources: readonly DataSource[]): string {
  const isUnique = sources.filter((other) => other.name === name).length === 1;
  return isUnique ? `"${name ?? ''}"` : `"${name ?? ''}" (its name is "${id ?? ''}")`;
}
