import { openDestinations } from '../destinations/index.ts';
import { openHyper } from '../hyper/index.ts';
import { memoryOfHyperd } from './limits-of-apply.ts';
import { hourlyRate } from '../model/base/rate.ts';
import type { Destination } from '../model/config/destination.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Source } from '../model/config/source.ts';
import type { DestinationPort, TemplatePort } from '../model/ports/destination-port.ts';
import type { ExtractPort } from '../model/ports/extract-port.ts';
import type { SnapshotPlaces } from '../model/ports/source-port.ts';
import type { SourcePort } from '../model/ports/source-port.ts';
import type { StatePort } from '../model/ports/state-port.ts';
import type { Project } from '../model/config/project.ts';
import { openSources, type Sources } from '../sources/index.ts';
import { openState } from '../state/index.ts';
import { openTemplatePort } from '../templates/index.ts';
import type { RunContext } from './context.ts';
import { jobLink } from './job-link.ts';
import { leaseTokens } from './lease-tokens.ts';
import { keepSecret } from '../model/errors/secrets.ts';

/** The ports of a run. The one place where rooms meet: what is opened here is handed to those who use it. */
export interface Ports {
  extracts: ExtractPort;
  state: StatePort;
  sourceOf(source: Source): SourcePort;
  /** The folders in a folder of this machine. */
  foldersIn: Sources['foldersIn'];
  snapshotPlaces: SnapshotPlaces;
  /** The sources of a pipeline by their names. */
  sourcesOf(pipeline: Pipeline): Readonly<Record<string, SourcePort>>;
  destinationOf(destination: Destination): DestinationPort;
  destinationsOf(pipeline: Pipeline): readonly DestinationPort[];
  /** Says which pipelines will be observed next, in this order: of many destinations some answer together. */
  expect(pipelines: readonly Pipeline[]): void;
  templateOf(pipeline: Pipeline): TemplatePort | undefined;
  /** Returns the things that an untrusted plan has not inspected; undefined for every other plan. */
  unseen?: () => readonly string[];
  close(): Promise<void>;
}

export interface OpenPortsOptions {
  /** Destinations on servers are not asked. */
  offline?: boolean;
  /** Milliseconds to wait for what another run has: a lock, or a token. */
  lockWait?: number | undefined;
  /** Only looks: without the right to write the state it does without a lease of a token. */
  looksOnly?: boolean;
  /** Milliseconds until a bucket that does not work is given up. */
  outage?: number | undefined;
}

/**
 * A wait up to this long is not reported: a run that waits for a token is not late because of it, it comes after
 * another.
 */
const usualTokenWait = 600_000;
const usualTokenWaitOfPlans = 60_000;

export function openPorts(
  project: Project,
  { variables, signal, notice }: RunContext,
  { offline = false, lockWait, looksOnly = false, outage }: OpenPortsOptions = {},
): Ports {
  const state = openState(project.state, {
    job: jobLink(variables),
    signal,
    wait: lockWait ?? 0,
    outage,
    variables,
    onWait: (about) => notice({ type: 'waiting for a run', text: about }),
  });
  const extracts = openHyper({ env: variables, memory: memoryOfHyperd(project.limits), signal });
  const destinations = openDestinations({
    variables,
    registerSecret: keepSecret,
    parallel: project.limits.parallel,
    offline,
    signal,
    onWait: ({ host, milliseconds, because }) =>
      notice({ type: 'waiting for a server', host, milliseconds, because }),
    leaseToken: leaseTokens(state, {
      wait: lockWait ?? (looksOnly ? usualTokenWaitOfPlans : usualTokenWait),
      looksOnly,
    }),
    publishRate: publishRate(state, project.limits.publishPerHour),
    split: (file, most, signal) => extracts.split(file, most, signal),
  });
  const sources = openSources({
    connections: project.limits.connections,
    parallel: project.limits.parallel,
    countAbove: project.policy.maxRows,
    outage,
    variables,
  });
  return {
    extracts,
    state,
    sourceOf: (source) => sources.open(source),
    foldersIn: sources.foldersIn,
    snapshotPlaces: sources.places,
    sourcesOf: (pipeline) => portsByName(pipeline, sources),
    destinationOf: (destination) => destinations.open(destination),
    destinationsOf: (pipeline) => pipeline.destinations.map((destination) => destinations.open(destination)),
    expect: (pipelines) => destinations.expect(pipelines.flatMap((pipeline) => pipeline.destinations)),
    templateOf: (pipeline) => pipeline.template && openTemplatePort(pipeline, pipeline.template),
    async close() {
      // Each is closed, regardless of the others. Leases are given back before the state is closed.
      const settled = await Promise.allSettled([
        sources.close(),
        destinations.close().finally(() => state.close()),
        extracts.close(),
      ]);
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

/** Keeps the rate of each Tableau site in the state, where all runs see it. */
function publishRate(state: StatePort, perHour: number | undefined) {
  if (perHour === undefined) return undefined;
  const rate = hourlyRate(perHour);
  return { perHour, take: (name: string) => state.takeTurn({ name, rate }) };
}

/** Opens the sources of a pipeline. Sources with equal settings are one port, wherever each is written. */
function portsByName({ sources: named }: Pipeline, sources: Sources): Readonly<Record<string, SourcePort>> {
  const first = new Map<string, SourcePort>();
  const ports = Object.entries(named).map(([name, source]) => {
    const settings = JSON.stringify({ ...source, place: undefined });
    const port = first.get(settings) ?? sources.open(source);
    first.set(settings, port);
    return [name, port] as const;
  });
  return Object.fromEntries(ports);
}
