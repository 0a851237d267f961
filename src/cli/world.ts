import { openDestinations } from '../destinations/index.ts';
import { openHyper } from '../hyper/index.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { DestinationPort, ExtractPort, SourcePort, StatePort, TemplatePort } from '../model/ports.ts';
import type { Project } from '../model/project.ts';
import { openSource } from '../sources/index.ts';
import { openState } from '../state/index.ts';
import { openTemplatePort } from '../templates/index.ts';
import type { Env } from './env.ts';
import { jobLink } from './job-link.ts';

/** The ports of a run. The one place where rooms meet: what is opened here is handed to those who use it. */
export interface World {
  extracts: ExtractPort;
  state: StatePort;
  /** The sources of a pipeline by their names, opened once. */
  sourcesOf(pipeline: Pipeline): Readonly<Record<string, SourcePort>>;
  destinationsOf(pipeline: Pipeline): readonly DestinationPort[];
  templateOf(pipeline: Pipeline): TemplatePort | undefined;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Destinations on servers are not asked. */
  offline?: boolean;
}

export function openWorld(project: Project, env: Env, { offline = false }: WorldOptions = {}): World {
  const state = openState(project.state, { job: jobLink(env.variables), signal: env.signal });
  const extracts = openHyper({ env: env.variables, memory: project.limits.memory });
  const registerSecret = (value: string) => env.secrets.add(value);
  const destinations = openDestinations({
    variables: env.variables,
    registerSecret,
    offline,
    split: (file, most, signal) => extracts.split(file, most, signal),
  });
  const sources = new Map<string, Readonly<Record<string, SourcePort>>>();
  return {
    extracts,
    state,
    sourcesOf(pipeline) {
      const opened =
        sources.get(pipeline.address) ??
        Object.fromEntries(
          Object.entries(pipeline.sources).map(([name, source]) => [name, openSource(source)]),
        );
      sources.set(pipeline.address, opened);
      return opened;
    },
    destinationsOf: (pipeline) => pipeline.destinations.map((destination) => destinations.open(destination)),
    templateOf: (pipeline) => pipeline.template && openTemplatePort(pipeline, pipeline.template),
    async close() {
      await Promise.all(
        [...sources.values()].flatMap((opened) => Object.values(opened).map((source) => source.close())),
      );
      await destinations.close();
      await state.close();
      await extracts.close();
    },
  };
}
