import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findEngine, type EnginePlace } from './binary.ts';
import { startHyperd } from './process.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** An engine that started, answered and ended. */
export interface TriedEngine {
  /** The version that it prints, such as `0.0.26359`; undefined if it prints none. */
  version: string | undefined;
  /** The time that it took to start and answer. */
  seconds: number;
}

export interface HyperdDescription extends TriedEngine {
  path: string;
  place: EnginePlace;
}

/** Finds the engine, starts it once and ends it. */
export async function describeHyperd(env: Variables): Promise<HyperdDescription> {
  const found = await findEngine(env);
  return { ...found, ...(await tryEngine(found.path, env)) };
}

/** Starts an engine once and ends it. Throws RunError EXT3002. */
export async function tryEngine(path: string, env: Variables): Promise<TriedEngine> {
  const began = performance.now();
  const engine = await startHyperd(path, { env });
  const seconds = (performance.now() - began) / 1000;
  await engine.stop();
  return { version: await versionOf(path), seconds };
}

/** Reads `Hyper version main.0.0.26359.r07abb490`. */
async function versionOf(binary: string): Promise<string | undefined> {
  const printed = promisify(execFile)(binary, ['--version'], { timeout: 10_000 });
  const text = await printed.then(({ stdout }) => stdout).catch(() => '');
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}
