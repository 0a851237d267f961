import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** For `globalSetup` of vitest: dist/ as the sources are now, once for the run. Types are checked elsewhere. */
export async function setup(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const sources = fileURLToPath(new URL('../../src', import.meta.url));
  await promisify(execFile)(process.execPath, [compiler, '-p', sources, '--noCheck']);
}
