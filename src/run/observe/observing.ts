import type { Pipeline } from '../../model/config/pipeline.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import { limitConcurrency, type Limit } from '../../model/base/limit.ts';
import type { Ports } from '../open-ports.ts';

/**
 * Limits how much is observed at once. Many pipelines may wait, since waiting costs little, and a source that answers for many
 * at once has something to answer.
 */
export interface ObservePlaces {
  pipelines: Limit;
  sources: Limit;
  extracts: Limit;
  templates: Limit;
  destinations: Limit;
}

const mostPipelines = 100;

export function observePlaces(parallel: number): ObservePlaces {
  const limit = () => limitConcurrency(parallel);
  return {
    pipelines: limitConcurrency(Math.max(mostPipelines, parallel)),
    sources: limit(),
    extracts: limit(),
    templates: limit(),
    destinations: limit(),
  };
}

/** A pipeline that is being observed. */
export interface Observing {
  pipeline: Pipeline;
  world: Ports;
  places: ObservePlaces;
  /** The stored record under the names of today. */
  applied: AppliedRecord | undefined;
  signal: AbortSignal;
  /** Reports how far an observation that takes long is. */
  report: (progress: string) => void;
}
