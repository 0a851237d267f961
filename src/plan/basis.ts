import type {
  AppliedDestination,
  DestinationObservation,
  Observation,
  SourceObservation,
} from '../model/observation.ts';
import type { Destination, Pipeline } from '../model/pipeline.ts';
import type { Basis } from '../model/plan.ts';
import { own } from '../model/own.ts';
import { defineConfiguration } from './definition.ts';
import { isAsWeLeftIt } from './publication.ts';

/** A cryptographic hash of a text, in hexadecimal digits; handed in, because this room knows no node. */
export type Hash = (text: string) => string;

/** What a plan was computed from, in parts. The order of keys does not show. */
export function basisOf(pipeline: Pipeline, observation: Observation, record: string, hash: Hash): Basis {
  const { extract, template, destinations, tables } = observation;
  return {
    configuration: configurationHash(pipeline, hash),
    sources: hash(canonical(pipeline.tables.map(({ name }) => shapeOf(tables, name)))),
    record,
    targets: hash(
      canonical({
        extract: extract.kind === 'present' ? [extract.size, extract.modified] : extract.kind,
        template: template?.sha256,
        destinations: destinations.map((one, index) => {
          const destination = pipeline.destinations[index];
          return markOf(one, own(observation.applied?.destinations, destination?.shown ?? ''), destination);
        }),
      }),
    ),
  };
}

/**
 * What a destination has. Offline it is what we left there, as the plan takes for granted: one that looks finds
 * the same mark, unless somebody else was there.
 */
function markOf(
  seen: DestinationObservation,
  last: AppliedDestination | undefined,
  destination: Destination | undefined,
): unknown {
  if (seen.type === 'file') return seen.found;
  const left = last !== undefined && 'id' in last ? last : undefined;
  const { found, looked } = seen;
  const isOurs =
    found !== undefined &&
    left !== undefined &&
    destination?.type === 'tableau' &&
    isAsWeLeftIt(found, left, destination);
  const there = isOurs || !looked ? left : found;
  return there && [there.id, there.updatedAt, there.revision];
}

/** Of what the pipeline's file says. */
export function configurationHash(pipeline: Pipeline, hash: Hash): string {
  return hash(canonical(defineConfiguration(pipeline)));
}

export const noBasis: Basis = { configuration: '', sources: '', record: '', targets: '' };

/**
 * Columns that are taken, that are left, and that do not fit; with their types, where the source keeps track
 * of them.
 */
function shapeOf(tables: Observation['tables'], name: string): unknown {
  const seen = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (seen === undefined) return undefined;
  const { untaken, problems, fingerprint } = seen;
  return [untaken, problems.map(({ message }) => message), typesOf(fingerprint)];
}

function typesOf(fingerprint: SourceObservation['fingerprint']): readonly string[] | string | undefined {
  if (fingerprint.kind === 'postgres') return fingerprint.columns;
  return fingerprint.kind === 'objects' ? fingerprint.header?.etag : undefined;
}

/** JSON with sorted keys, so that what is equal is written alike. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
