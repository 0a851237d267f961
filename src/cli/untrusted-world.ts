import path from 'node:path';
import { realPathToBe } from '../config/readable.ts';
import type { Destination, Pipeline, Source } from '../model/pipeline.ts';
import type { Project } from '../model/project.ts';
import { readablePaths } from '../model/readable-paths.ts';
import {
  hasReference,
  unseenExtract,
  unseenFile,
  unseenState,
  unseenTemplate,
  untrustedSource,
} from './untrusted.ts';
import type { World } from './world.ts';

/** The same world as an untrusted plan may see it. Destinations on servers are not asked: the world is offline. */
export function untrustedWorld(world: World, project: Project): World {
  const noted = new Set<string>();
  const note = (unseen: string) => void noted.add(unseen);
  const root = realPathToBe(project.root);
  const refuse = readablePaths({ root, onlyProject: true });
  const isOutside = (file: string) => hasReference(file) || refuse(realPathToBe(file)) !== undefined;

  const sourceOf = (source: Source) => untrustedSource(source, () => world.sourceOf(source), note);
  const destinationOf = (destination: Destination) => {
    if (destination.type !== 'file') note(`the destination ${destination.shown}`);
    else if (isOutside(destination.path)) return unseenFile(destination.shown, note);
    return world.destinationOf(destination);
  };
  const { state } = project;
  const shownState =
    state.type === 's3' ? `s3://${state.bucket}/${state.prefix}` : path.relative(project.root, state.path);
  return {
    ...world,
    extracts: {
      ...world.extracts,
      observe: (file, ...rest) =>
        isOutside(file)
          ? unseenExtract(path.relative(project.root, file), note)
          : world.extracts.observe(file, ...rest),
    },
    state: state.type === 's3' || isOutside(state.path) ? unseenState(shownState, note) : world.state,
    sourceOf,
    sourcesOf: ({ sources }) =>
      Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, sourceOf(source)])),
    destinationOf,
    destinationsOf: ({ destinations }: Pipeline) => destinations.map(destinationOf),
    templateOf(pipeline) {
      const { template } = pipeline;
      if (template?.kind === 'file' && isOutside(template.path)) return unseenTemplate(template.shown, note);
      return world.templateOf(pipeline);
    },
    unseen: () => [...noted].sort(),
  };
}
