import { child } from '../../model/errors/diagnostic.ts';
import type { Pipeline, Relationship } from '../../model/config/pipeline.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { resolveMoves } from '../drafts/moves.ts';
import { readEnd } from '../drafts/written-names.ts';
import { resolveDestination } from './destinations.ts';
import { resolveExtract } from './extract.ts';
import { resolveSource } from './sources.ts';
import { resolveTables } from './tables.ts';
import { resolveTemplate } from './template.ts';

/** A draft that passed the rules, as the program uses it. */
export function resolvePipeline(draft: PipelineDraft): Pipeline {
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
      [...draft.sources].map(([name, source]) => [
        name,
        resolveSource(source, {
          shown: draft.shown?.sources.get(name),
          readable: draft.shared.readable,
          project: draft.shared.folder,
        }),
      ]),
    ),
    tables: resolveTables(draft),
    relationships: relationships(draft),
    extract: resolveExtract(draft),
    ...(template !== undefined && { template }),
    destinations: draft.destinations.map((destination, index) =>
      resolveDestination(draft, destination, draft.shown?.destinations[index] ?? destination),
    ),
    moved: resolveMoves(draft),
  };
}

function relationships({ written, place }: PipelineDraft): Relationship[] {
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
