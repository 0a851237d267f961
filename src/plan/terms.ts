import type { Policy } from '../model/config/project.ts';
import type { Hash } from './basis/basis.ts';
import type { Publications } from './destination/shared-sources.ts';
import type { Decisions } from './gates/gates.ts';

/** Settings that are the same for all pipelines of a plan. */
export interface Terms {
  decisions: Decisions;
  policy: Policy;
  hash: Hash;
  /** Tables that a saved plan does not read, by address. Their rows are left for the next plan. */
  skippedTables?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Shared data sources that are published by pipelines of this plan. */
  publications?: Publications;
}
