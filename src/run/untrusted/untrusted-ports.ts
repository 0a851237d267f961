import path from 'node:path';
import { realPathToBe } from '../../config/read/readable.ts';
import type { Destination } from '../../model/config/destination.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Source } from '../../model/config/source.ts';
import type { Project } from '../../model/config/project.ts';
import { readablePaths } from '../../model/config/readable-paths.ts';
import {
  hasReference,
  unseenExtract,
  unseenFile,
  unseenState,
  unseenTemplate,
  untrustedSource,
} from './unseen-ports.ts';
import { shownState } from '../../state/index.ts';
import type { Ports } from '../open-ports.ts';

/**
 * Returns the same world as an untrusted plan may see it. Destinations on servers are not asked: the world is offline.
 */
export function untrustedPorts(world: Ports, project: Project): Ports {
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
  return {
    ...world,
    extracts: {
      ...world.extracts,
      observe: (file, ...rest) =>
        isOutside(file)
          ? unseenExtract(path.relative(project.root, file), note)
          : world.extracts.observe(file, ...rest),
    },
    state:
      state.type !== 'file' || isOutside(state.path)
        ? unseenState(shownState(state, project.root), note)
        : world.state,
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
