import type { YAMLMap } from 'yaml';
import { stringify } from 'yaml';
import type { FoundTable } from '../found.ts';
import { columnsNode } from './columns.ts';
import { foreignNode, inOneLine, mapOf, nodeOf, oneLine } from './nodes.ts';

/** The map under `tables`. */
export function tablesNode(tables: readonly FoundTable[]): YAMLMap {
  const map = mapOf(tables.map((table) => [table.name, tableNode(table)]));
  for (const [index, { comments = [] }] of tables.entries()) {
    const key = map.items[index]?.key as { commentBefore?: string } | undefined;
    if (key !== undefined && comments.length > 0)
      key.commentBefore = comments.map((comment) => ` ${oneLine(comment)}`).join('\n');
  }
  return map;
}

function tableNode({ from, columns, add, primaryKey, load }: FoundTable): YAMLMap {
  const columnMap = columnsNode(columns);
  const map = mapOf([
    ['from', inOneLine(foreignNode(from))],
    ['primary_key', primaryKey && inOneLine(foreignNode([...primaryKey]))],
    ['columns', columnMap],
    ['add', add && inOneLine(nodeOf(add))],
  ]);
  if (load !== undefined) map.comment = loadComment(load);
  return map;
}

/** The load settings in one line, as they would be without the `#`. */
function loadComment(load: NonNullable<FoundTable['load']>): string {
  const text = stringify({ load }, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 });
  return ` ${oneLine(text).replace(/^\{(.*)\}$/, '$1')}`;
}
