import { getOwn } from '../model/base/get-own.ts';
import { recorded } from '../model/world/fingerprint.ts';
import type { Job } from '../apply/job.ts';
import type { Artifacts } from '../model/world/applied-record.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { PipelinePlan } from '../model/plan/plan.ts';
import { defineKeys, defineTable } from '../plan/table/definition.ts';
import type { MadePlan } from './make-plan.ts';
import type { Seen } from './observe/observe-pipeline.ts';
import type { Ports } from './open-ports.ts';

export interface JobSettings {
  /** Leaves some of the plan out. */
  isWanted: (planned: PipelinePlan) => boolean;
  /** A file relative to the project's folder. */
  inProject: (file: string) => string;
  keepRejected: boolean;
  /** The id of the run, where it is noted. */
  run: string | undefined;
  /** The seal of the saved plan, where a shard of it is applied. */
  seal: string | undefined;
}

/** Returns the part of a plan to apply, with the ports that it needs. */
export function jobsOf(
  { plan, seen }: MadePlan,
  world: Ports,
  { isWanted, inProject, keepRejected, run, seal }: JobSettings,
): Job[] {
  return plan.pipelines.flatMap((planned, index) => {
    const one = seen[index];
    const isHeld = planned.blockedBy !== undefined || planned.steps.length === 0;
    if (one === undefined || isHeld || !isWanted(planned)) return [];
    const { pipeline, stored } = one;
    return {
      plan: planned,
      pipeline,
      file: inProject(pipeline.place.file),
      run,
      seal,
      made: pipeline.key === undefined ? undefined : madeFor(pipeline, inProject),
      seen: {
        record: one.applied,
        version: stored?.version,
        address: stored?.record.address ?? pipeline.address,
      },
      fingerprints: fingerprintsIn(one),
      horizons: horizonsIn(one),
      sources: world.sourcesOf(pipeline),
      snapshotPlaces: world.snapshotPlaces,
      destinations: world.destinationsOf(pipeline),
      template: world.templateOf(pipeline),
      extracts: world.extracts,
      state: world.state,
      define,
      tool: plan.tool,
      now: () => new Date(),
      keepRejected,
    };
  });
}

function madeFor(
  { extract, template, destinations }: Pipeline,
  inProject: JobSettings['inProject'],
): Artifacts {
  const places = destinations.map((one) => {
    const made =
      one.type === 'file'
        ? { path: inProject(one.path) }
        : { server: one.connection.server, site: one.connection.site };
    return [one.shown, made] as const;
  });
  return {
    extract: inProject(extract.file),
    ...(template !== undefined && { package: inProject(template.staged) }),
    destinations: Object.fromEntries(places),
  };
}

function fingerprintsIn({ outcome }: Seen): Job['fingerprints'] {
  if (!('observation' in outcome)) return {};
  const known = Object.entries(outcome.observation.tables).flatMap(([name, { fingerprint }]) => {
    const kept = recorded(fingerprint);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Object.fromEntries(known);
}

function horizonsIn({ outcome }: Seen): Job['horizons'] {
  if (!('observation' in outcome)) return {};
  const known = Object.entries(outcome.observation.tables).flatMap(([name, { cursor }]) => {
    const since = cursor?.since;
    return since !== undefined && 'horizon' in since ? [[name, since.horizon] as const] : [];
  });
  return Object.fromEntries(known);
}

function define(pipeline: Pipeline) {
  const tables = pipeline.tables.flatMap((table) => {
    const source = getOwn(pipeline.sources, table.source);
    return source === undefined ? [] : [[table.name, defineTable(table, source)] as const];
  });
  return { tables: Object.fromEntries(tables), keys: defineKeys(pipeline) };
}
