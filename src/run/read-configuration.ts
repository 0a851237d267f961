import { isDeepStrictEqual } from 'node:util';
import {
  readPipelines,
  type Answer,
  type AskedFamily,
  type BlockedItem,
  type Configuration,
  type ProjectContext,
  type WantedItems,
} from '../config/index.ts';
import { familyOf } from '../model/config/family.ts';
import { hasErrors } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { keepSecret } from '../model/errors/secrets.ts';
import { checkTemplate } from '../templates/check-template.ts';
import type { RunContext } from './context.ts';
import { diagnose } from './diagnose.ts';
import type { Ports } from './open-ports.ts';

/** Settings for reading files: see `ProjectContext` for each. */
export type ReadSettings = Pick<ProjectContext, 'unsetVariables' | 'policy' | 'untrusted' | 'wanted'>;

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

/** Returns the configuration with the wanted items alone; with all of them where none are named one by one. */
export function narrowed(read: Configuration, wanted: WantedItems | undefined): Configuration {
  if (wanted === undefined) return read.wanted === undefined ? read : withTemplates(read.whole());
  const isSame = read.wanted !== undefined && isDeepStrictEqual([...read.wanted], [...wanted]);
  return isSame ? read : withTemplates(read.narrowTo(wanted));
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
  const complete = read.asked.length === 0 ? read : await withAnswers(read, world, signal);
  if (complete.wanted === undefined || hasAll(complete, complete.wanted)) return complete;
  // What is not there may be mistyped: the names of all are known to who reads the error.
  return completeFamilies(read.whole(), world, signal);
}

function hasAll({ pipelines, blocked }: Configuration, wanted: WantedItems): boolean {
  const found = new Set(
    [...pipelines, ...blocked]
      .flatMap(({ address }) => [address, familyOf(address)])
      .map((one) => one.toLowerCase()),
  );
  return [...wanted.keys()].every((address) => found.has(address));
}

async function withAnswers(read: Configuration, world: Ports, signal: AbortSignal): Promise<Configuration> {
  const answers = new Map<string, Answer>();
  const silent: BlockedItem[] = [];
  for (const family of read.asked) {
    try {
      const answer = await ask(family, world, signal);
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

/** Asks for the items of a family: one more than it may have is enough. */
async function ask(
  { question, at: place, max, keys }: AskedFamily,
  world: Ports,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const limit = max + 1;
  switch (question.kind) {
    case 'query':
      return world
        .sourceOf(question.source)
        .items?.({ sql: question.sql, place, limit, ...(keys && { keys: [...keys.keys()] }) }, signal);
    case 'prefixes': {
      const { source, under, names } = question;
      const wanted = { under, place, limit, ...(names && { names }) };
      const folders = await world.sourceOf(source).folders?.(wanted, signal);
      return folders && { folders };
    }
    case 'folders':
      return { folders: await world.foldersIn({ ...question, place }, signal) };
  }
}

function withTemplates(read: Configuration): Configuration {
  const checked = read.pipelines.map((pipeline) => ({ pipeline, found: checkTemplate(pipeline) }));
  return {
    ...read,
    pipelines: checked.filter(({ found }) => !hasErrors(found)).map(({ pipeline }) => pipeline),
    diagnostics: [...read.diagnostics, ...checked.flatMap(({ found }) => found)],
  };
}
