import type { Configuration } from '../config/index.ts';
import type { RunContext } from '../run/context.ts';
import { readConfiguration, type ReadSettings } from '../run/read-configuration.ts';
import type { Env } from './env.ts';
import { endingAtOnce } from './interruption.ts';
import { printNotice } from './output/notices.ts';

/** Returns the environment of a command as a run sees it: notices go to stderr. */
export function contextOf(env: Env): RunContext {
  const { cwd, variables, signal } = env;
  return { cwd, variables, signal, notice: (notice) => printNotice(notice, env) };
}

/** Reads the pipelines that a command is about. A signal ends the process at once: nothing is to be cleaned up. */
export function readFiles(
  paths: readonly string[],
  settings: ReadSettings,
  env: Env,
): Promise<Configuration> {
  return endingAtOnce(() => readConfiguration(paths, settings, env));
}
