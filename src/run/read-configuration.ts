import {
  readPipelines,
  type Answer,
  type BlockedItem,
  type Configuration,
  type ProjectContext,
} from '../config/index.ts';
import { hasErrors } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { keepSecret } from '../model/errors/secrets.ts';
import { checkTemplate } from '../templates/check-template.ts';
import type { RunContext } from './context.ts';
import { diagnose } from './diagnose.ts';
import type { Ports } from './open-ports.ts';

/** Settings for reading files: see `ProjectContext` for each. */
export type ReadSettings = Pick<ProjectContext, 'unsetVariables' | 'policy' | 'untrusted'>;

/**
 * Reads the pipelines in these files and folders, and checks that their templates make sense. Without paths, that is the
 * folder `pipelines`.
 */
export async function readConfiguration(
  paths: readonly string[],
  settings: ReadSettings,
  { cwd, variables, signal }: Omit<RunContext, 'notice'>,
): Promise<Configuration> {
  signal.throwIfAborted();
  const read = await readPipelines(paths.length > 0 ? paths : ['pipelines'], {
    cwd,
    env: variables,
    registerSecret: keepSecret,
    ...settings,
  });
  return withTemplates(read);
}

/**
 * Returns the configuration with the items of families that come from a source. A family whose source fails is blocked
 * as a whole, and no item of it counts as removed.
 */
export async function completeFamilies(
  read: Configuration,
  world: Ports,
  signal: AbortSignal,
): Promise<Configuration> {
  if (read.asked.length === 0) return read;
  const answers = new Map<string, Answer>();
  const silent: BlockedItem[] = [];
  for (const family of read.asked) {
    try {
      const { sql, at, max } = family;
      const answer = await world.sourceOf(family.source).items?.({ sql, place: at, limit: max + 1 }, signal);
      if (answer !== undefined) answers.set(family.name, answer);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      const { name: address, place, tags } = family;
      silent.push({ address, place, tags, problems: [diagnose(error, { place: family.at })] });
    }
  }
  const whole = read.withItems(answers);
  const names = new Set(silent.map(({ address }) => address));
  return withTemplates({
    ...whole,
    pipelines: whole.pipelines.filter(({ name }) => !names.has(name)),
    blocked: [...whole.blocked, ...silent],
  });
}

function withTemplates(read: Configuration): Configuration {
  const checked = read.pipelines.map((pipeline) => ({ pipeline, found: checkTemplate(pipeline) }));
  return {
    ...read,
    pipelines: checked.filter(({ found }) => !hasErrors(found)).map(({ pipeline }) => pipeline),
    diagnostics: [...read.diagnostics, ...checked.flatMap(({ found }) => found)],
  };
}
