import type { YAMLSeq } from 'yaml';
import type * as Written from '../../model/config/written.gen.ts';
import type { FoundEnd, FoundRelationship } from '../found.ts';
import { foreignNode, inOneLine, listOf } from './nodes.ts';

/** The list under `relationships`; undefined if there is none. */
export function relationshipsNode(relationships: readonly FoundRelationship[]): YAMLSeq | undefined {
  if (relationships.length === 0) return undefined;
  return listOf(
    relationships.map(({ from, to, cardinality }) =>
      inOneLine(foreignNode({ from: end(from), to: end(to), cardinality })),
    ),
  );
}

function end({ table, columns }: FoundEnd): Written.RelationshipEnd {
  const [first, ...more] = columns;
  // A dot in a table's name could be read in two ways.
  return first === undefined || more.length > 0 || table.includes('.')
    ? { table, columns: [...columns] }
    : `${table}.${first}`;
}
