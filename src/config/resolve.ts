import { child } from '../model/diagnostic.ts';
import type { Pipeline, Relationship } from '../model/pipeline.ts';
import type { Draft } from './draft.ts';
import { resolveMoves } from './moves.ts';
import { readEnd } from './names.ts';
import { resolveDestination } from './resolve/destinations.ts';
import { resolveExtract } from './resolve/extract.ts';
import { resolveSource } from './resolve/sources.ts';
import { resolveTables } from './resolve/tables.ts';
import { resolveTemplate } from './resolve/template.ts';

/** The form of a text that may be shown: with references in the place of secrets. */
export type ShownText = (text: string) => string;

/** A draft that passed the rules, as the program uses it. */
export function resolvePipeline(draft: Draft, shown: ShownText): Pipeline {
  const { name, description, tags = [] } = draft.written;
  const template = resolveTemplate(draft);
  return {
    address: draft.address,
    name,
    ...(draft.key !== undefined && { key: draft.key }),
    ...(description !== undefined && { description }),
    tags,
    place: draft.place,
    sources: Object.fromEntries(
      [...draft.sources].map(([source, settings]) => [source, resolveSource(settings)]),
    ),
    tables: resolveTables(draft, shown),
    relationships: relationships(draft),
    extract: resolveExtract(draft),
    ...(template !== undefined && { template }),
    destinations: draft.destinations.map((destination) => resolveDestination(draft, destination, shown)),
    moved: resolveMoves(draft),
  };
}

function relationships({ written, place }: Draft): Relationship[] {
  const tables = Object.keys(written.tables);
  return (written.relationships ?? []).map((relationship, index) => {
    const from = readEnd(relationship.from, tables);
    const to = readEnd(relationship.to, tables);
    if (from === undefined || to === undefined)
      throw new Error('the rules passed a relationship without a column');
    const { cardinality } = relationship;
    return {
      place: child(place, 'relationships', index),
      from,
      to,
      ...(cardinality !== undefined && { cardinality }),
    };
  });
}
