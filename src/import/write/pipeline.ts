import { Document, isMap, isSeq, type YAMLMap } from 'yaml';
import { visibleYaml } from '../../model/base/visible.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { Found, FoundSource } from '../found.ts';
import { foreignNode, inOneLine, listOf, mapOf, nodeOf, withComment } from './nodes.ts';
import { relationshipsNode } from './relationships.ts';
import { tablesNode } from './tables.ts';

/** The parts of a pipeline that the user decides. */
export interface PipelineSettings {
  name: string;
  /** A comment above everything, a line each. */
  header?: readonly string[];
  destinations?: readonly Written.Destination[];
}

/** Returns the text of a pipeline file, which ends with a line end. */
export function writePipeline(found: Found, { name, header = [], destinations }: PipelineSettings): string {
  const { sources, tables, relationships, extract, template } = found;
  const whole = mapOf([
    ['version', nodeOf(1)],
    ['name', nodeOf(name)],
    ['sources', mapOf(sources.map((source) => [source.name, sourceNode(source)]))],
    ['tables', tablesNode(tables)],
    ['relationships', relationshipsNode(relationships)],
    ['extract', extract && inOneLine(foreignNode(extract))],
    ['template', template && inner(foreignNode(template))],
    ['destinations', destinations && listOf(destinations.map((one) => inner(nodeOf(one))))],
  ]);
  if (header.length > 0) whole.commentBefore = header.map((line) => ` ${line}`).join('\n');
  const style = { lineWidth: 0, flowCollectionPadding: false, singleQuote: true } as const;
  return visibleYaml(new Document(whole).toString(style));
}

/** A source in one line, or with a line for each key where there are comments to put at them. */
function sourceNode({ definition, comments = {} }: FoundSource): YAMLMap {
  const node = nodeOf(definition) as YAMLMap;
  const entries = Object.entries(comments);
  if (entries.length === 0) return inOneLine(node);
  for (const [path, comment] of entries) {
    const value = node.getIn(path.split('.'), true);
    if (typeof value === 'object' && value !== null) withComment(value as YAMLMap, comment);
  }
  listsInOneLine(node);
  return node;
}

/** Writes the lists in a map on one line each, so that a comment is behind all of a list. */
function listsInOneLine(node: YAMLMap): void {
  for (const { value } of node.items) {
    if (isSeq(value)) inOneLine(value);
    else if (isMap(value)) listsInOneLine(value);
  }
}

/** Writes the innermost maps and lists on one line each. */
function inner<One>(node: One): One {
  if (!isMap(node)) return node;
  const whole = inOneLine(node);
  if (whole.flow === true) return whole;
  for (const { value } of node.items) inner(value);
  return node;
}
