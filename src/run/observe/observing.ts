import type { Pipeline } from '../../model/config/pipeline.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { Ports } from '../open-ports.ts';

/** A pipeline that is being observed. */
export interface Observing {
  pipeline: Pipeline;
  world: Ports;
  /** The stored record under the names of today. */
  applied: AppliedRecord | undefined;
  signal: AbortSignal;
  /** Reports how far an observation that takes long is. */
  report: (progress: string) => void;
}
