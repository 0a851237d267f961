import type { Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Basis, BasisPart } from '../../model/plan/plan.ts';
import { worldParts, type UnhashedPart } from './parts.ts';
import { defineConfiguration } from '../table/definition.ts';
import { canonical } from './canonical.ts';

/** A cryptographic hash of a text, in hexadecimal digits; handed in, because this room knows no node. */
export type Hash = (text: string) => string;

/** Returns what a plan was computed from, in parts. The order of keys does not affect it. */
export function basisOf(pipeline: Pipeline, observation: Observation, record: string, hash: Hash): Basis {
  const { sources, targets } = worldParts(pipeline, observation);
  const hashPart = ({ value, ...part }: UnhashedPart): BasisPart => ({
    ...part,
    sha256: hash(canonical([value])),
  });
  const [closedSources, closedTargets] = [sources.map(hashPart), targets.map(hashPart)];
  return {
    configuration: configurationHash(pipeline, hash),
    sources: hash(canonical(closedSources)),
    record,
    targets: hash(canonical(closedTargets)),
    parts: [...closedSources, ...closedTargets],
  };
}

/** Returns the hash of the pipeline's configuration. */
export function configurationHash(pipeline: Pipeline, hash: Hash): string {
  return hash(canonical(defineConfiguration(pipeline)));
}

export const noBasis: Basis = { configuration: '', sources: '', record: '', targets: '' };
