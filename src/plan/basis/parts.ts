import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type {
  DestinationObservation,
  Observation,
  SourceObservation,
} from '../../model/world/observation.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { Destination } from '../../model/config/destination.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import { hasFiles, sourceKinds } from '../../model/config/source-kinds.ts';
import type { Source } from '../../model/config/source.ts';
import type { BasisPart } from '../../model/plan/plan.ts';
import { isAsWeLeftIt } from '../destination/publication.ts';
import { defineConfiguration } from '../table/definition.ts';

/**
 * A part of a basis before it is hashed. `undefined` is a value like any other: it means that the thing does not exist.
 */
export type UnhashedPart = Omit<BasisPart, 'sha256'> & { value: unknown };

/**
 * Returns what the plan of a pipeline assumes about its world, part by part. The version of the record is not among
 * them, and of the configuration only what locates its sources: both have been parts of their own since the first format
 * of plans.
 */
export function worldParts(
  pipeline: Pipeline,
  observation: Observation,
): { sources: UnhashedPart[]; targets: UnhashedPart[] } {
  const { tables, sources } = pipeline;
  const used = Object.entries(sources).filter(([name]) => tables.some(({ source }) => source === name));
  return {
    sources: [
      ...(used.some(([, source]) => hasFiles(source))
        ? [{ kind: 'configuration' as const, of: '', value: defineConfiguration(withoutMatches(pipeline)) }]
        : []),
      ...used.flatMap(([name, source]) => sourceParts(name, source, tables, observation)),
      ...tables.flatMap((table) => tableParts(table, getOwn(observation.tables, table.name))),
    ],
    targets: targetParts(pipeline, observation),
  };
}

const places = { postgres: 'server', s3: 'bucket', file: 'folder' } as const satisfies Record<
  Source['type'],
  BasisPart['kind']
>;

function sourceParts(
  name: string,
  source: Source,
  tables: readonly Table[],
  { tables: seen }: Observation,
): UnhashedPart[] {
  const identities = tables.map((table) =>
    table.source === name ? getOwn(seen, table.name)?.identity : undefined,
  );
  const identity = identities.find((one) => one !== undefined);
  const limits = hasFiles(source)
    ? [source.minFiles, ...(source.type === 's3' && source.maxBytes !== undefined ? [source.maxBytes] : [])]
    : [];
  return [
    { kind: places[source.type], of: name, value: identity },
    ...(hasFiles(source)
      ? [{ kind: 'match' as const, of: name, value: [source.match, source.exclude] }]
      : []),
    ...(limits.length > 0 ? [{ kind: 'limits' as const, of: name, value: limits }] : []),
  ];
}

/** Returns the pipeline without the patterns of its sources, which are parts of their own. */
function withoutMatches(pipeline: Pipeline): Pipeline {
  const sources = Object.entries(pipeline.sources).map(([name, source]): [string, Source] => [
    name,
    hasFiles(source) ? { ...source, match: [], exclude: [] } : source,
  ]);
  return { ...pipeline, sources: Object.fromEntries(sources) };
}

/** Columns that are left, and all of them with their types where the source keeps track of them. */
function tableParts({ name, from }: Table, seen: SourceObservation | undefined): UnhashedPart[] {
  const detection = 'changeDetection' in from ? from.changeDetection : undefined;
  const fingerprint = seen?.fingerprint;
  const header = fingerprint?.kind === 'objects' ? fingerprint.header?.etag : undefined;
  return [
    ...(sourceKinds[from.type].takesSql
      ? [{ kind: 'tracking' as const, of: name, value: fingerprint?.kind }]
      : []),
    {
      kind: 'columns',
      of: name,
      value: seen && [seen.untaken, fingerprint?.kind === 'postgres' ? fingerprint.columns : undefined],
    },
    ...(header === undefined ? [] : [{ kind: 'header' as const, of: name, value: header }]),
    ...(detection === undefined ? [] : [{ kind: 'detection' as const, of: name, value: detection }]),
  ];
}

function targetParts(
  { extract: wanted, destinations, template: packed }: Pipeline,
  { extract, template, destinations: seen, applied, moves = [] }: Observation,
): UnhashedPart[] {
  return [
    { kind: 'extract file', of: '', value: wanted.shown },
    {
      kind: 'extract',
      of: wanted.shown,
      value: extract.kind === 'present' ? [extract.size, extract.modified] : extract.kind,
    },
    ...(packed === undefined
      ? []
      : [{ kind: 'template' as const, of: packed.shown, value: template?.sha256 }]),
    ...destinations.map((destination, index): UnhashedPart => {
      const { shown } = destination;
      const last = getOwn(applied?.destinations, shown);
      return { kind: 'destination', of: shown, value: markOf(destination, seen[index], last) };
    }),
    ...(moves.length === 0
      ? []
      : [{ kind: 'moves' as const, of: '', value: moves.map((move) => ({ ...move, place: undefined })) }]),
  ];
}

/**
 * Returns the mark of what a destination holds. Offline this is what we left there, as the plan assumes; a plan that
 * looks finds the same mark, unless something else was there.
 */
function markOf(
  destination: Destination,
  seen: DestinationObservation | undefined,
  last: AppliedDestination | undefined,
): unknown {
  if (seen?.type !== 'tableau') return seen?.found;
  const left = last !== undefined && 'id' in last ? last : undefined;
  const { found, looked } = seen;
  const isOurs =
    found !== undefined &&
    left !== undefined &&
    destination.type === 'tableau' &&
    isAsWeLeftIt(found, left, destination);
  const there = isOurs || !looked ? left : found;
  return there && [there.id, there.updatedAt, there.revision];
}
