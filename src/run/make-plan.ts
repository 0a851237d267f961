import { buildPlan, publishingOf } from '../plan/index.ts';
import type { Decisions, Terms } from '../plan/index.ts';
import type { Configuration } from '../config/index.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Limits } from '../model/config/project.ts';
import type { Plan } from '../model/plan/plan.ts';
import type { RunContext } from './context.ts';
import { findRemoved } from './removal/removed-pipelines.ts';
import { stateLocation } from '../state/index.ts';
import { observePipeline, type Seen } from './observe/observe-pipeline.ts';
import { observePlaces } from './observe/observing.ts';
import { sha256 } from './sha256.ts';
import { version } from './version.ts';
import type { Ports } from './open-ports.ts';

export interface MadePlan {
  plan: Plan;
  seen: readonly Seen[];
}

export interface PlanSettings {
  decisions: Decisions;
  /** Runs whose work is not done again. */
  resumed?: ReadonlySet<string>;
  /** Tables whose rows are left to the next plan, by address. */
  skippedTables?: Terms['skippedTables'];
  /** Returns whether a pipeline is observed; a saved plan is about some of them only. Without it all are. */
  isConcerned?: (address: string) => boolean;
  /** Returns whether a pipeline or a removal is planned here; the others belong to other processes. Without it all are. */
  isOurs?: (address: string) => boolean;
  /** Returns the things that an untrusted plan has not inspected; called when all has been observed. */
  unseen?: () => readonly string[];
}

/** Returns the names under which the record of a pipeline may be: its own, and those that `moved:` lists. */
function recordedNames({ address, moved }: Pipeline): string[] {
  return [address, ...moved.flatMap((move) => (move.kind === 'pipeline' ? move.from : []))];
}

/**
 * Observes all pipelines, some at a time, and builds the plan. Their records are read before, together; those that another
 * run has changed since are observed again.
 */
export async function makePlan(
  configuration: Configuration,
  world: Ports,
  context: RunContext,
  {
    decisions,
    resumed = new Set(),
    skippedTables,
    isConcerned = () => true,
    isOurs = () => true,
    unseen,
  }: PlanSettings,
): Promise<MadePlan> {
  const gone = await findRemoved(configuration, world, context);
  const { project } = configuration;
  const places = observePlaces(project.limits.parallel);
  const isPlanned = ({ address }: { address: string }) => isConcerned(address) && isOurs(address);
  const pipelines = configuration.pipelines.filter(isPlanned);
  const blocked = [...configuration.blocked, ...gone.blocked].filter(isPlanned);
  const observeOptions = { full: decisions.full ?? false, resumed, places };
  const records = await world.state.readMany(pipelines.flatMap(recordedNames));
  world.expect(pipelines);
  const observed = await Promise.all(
    pipelines.map((pipeline) =>
      places.pipelines(() => observePipeline(pipeline, world, { ...observeOptions, records }, context)),
    ),
  );
  const changed = new Set(await world.state.changedSince([...records.keys()]));
  const seen = await Promise.all(
    observed.map(async (one, index) => {
      const pipeline = pipelines[index];
      if (pipeline === undefined || !recordedNames(pipeline).some((name) => changed.has(name))) return one;
      return places.pipelines(() => observePipeline(pipeline, world, observeOptions, context));
    }),
  );
  const built = buildPlan(
    [
      ...seen.map(({ pipeline, stored, outcome }) => ({
        pipeline,
        record: stored?.version ?? '',
        ...outcome,
      })),
      ...blocked.map((item) => ({ pipeline: item, failure: item.problems })),
    ],
    version(),
    { decisions, policy: project.policy, hash: sha256, ...(skippedTables && { skippedTables }) },
    {
      forgotten: gone.forgotten.filter(({ address }) => isOurs(address)),
      missing: gone.missing.filter(({ address }) => isOurs(address)),
    },
  );
  const plan = withPublishing(built, seen, project.limits);
  // What AWS's settings of this machine name is nothing that an untrusted plan shows.
  if (unseen !== undefined) return { plan: { ...plan, unseen: unseen() }, seen };
  return { plan: { ...plan, state: sha256(await stateLocation(project.state, project.root)) }, seen };
}

function withPublishing(plan: Plan, seen: readonly Seen[], { publishPerHour }: Limits): Plan {
  const pipelines = seen.flatMap(({ pipeline: { destinations } }, index) => {
    const planned = plan.pipelines[index];
    return planned === undefined ? [] : [{ plan: planned, destinations }];
  });
  const publishing = publishingOf(pipelines, publishPerHour);
  return publishing.length === 0 ? plan : { ...plan, publishing };
}
