import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findHyperd } from './binary.ts';
import { startHyperd } from './process.ts';

/** The engine as it was found, and the seconds that it took to start and answer. */
export interface HyperdDescription {
  /** Its version as it prints it, such as `0.0.26359`. */
  version: string;
  path: string;
  /** `HYPERD_PATH` or `npm`. */
  from: string;
  seconds: number;
}

/** Finds the engine, starts it once and ends it. */
export async function describeHyperd(
  env: Readonly<Record<string, string | undefined>>,
): Promise<HyperdDescription> {
  const path = await findHyperd(env);
  const began = performance.now();
  const engine = await startHyperd(path, { env });
  const seconds = (performance.now() - began) / 1000;
  await engine.stop();
  const from = env.HYPERD_PATH === undefined || env.HYPERD_PATH === '' ? 'npm' : 'HYPERD_PATH';
  return { version: await versionOf(path), path, from, seconds };
}

/** Reads `Hyper version main.0.0.26359.r07abb490`. */
async function versionOf(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: 10_000 });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of unknown version';
}
