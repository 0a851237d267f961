import { findEngine, type EnginePlace } from '../../../hyper/binary.ts';
import { printable } from '../../../render/text-width.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';

/** `extracts engine path`: stdout has only the path, so that a script can use it. */
export async function enginePath({ json }: { json?: boolean }, env: Env): Promise<ExitCode> {
  const { path, place } = await findEngine(env.variables);
  if (json === true) {
    env.out(encodeJson({ path, place }));
    return exitCodes.done;
  }
  env.err(`${origins[place]}:\n`);
  env.out(`${printable(path)}\n`);
  return exitCodes.done;
}

const origins: Readonly<Record<EnginePlace, string>> = {
  HYPERD_PATH: 'hyperd as HYPERD_PATH names it',
  cache: 'hyperd from your cache folder, where extracts engine install puts it',
  npm: 'hyperd as npm has installed it',
  python: 'hyperd of tableauhyperapi in the active Python environment',
};
