import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { engine } from '../manifest.ts';
import { packInto } from '../pack.ts';
import { hasEngine, installPacked, runDemo, runInstalled, type InstalledProject } from './installed.ts';
import { expectLibrary } from './library.ts';
import { nodeVersion } from './node-version.ts';

/**
 * `npm run test:package`: packs, installs the file into an empty folder under Node.js 20, 22 and 24 each, as a user
 * would, imports the library, and runs the demo with the installed program. On Node.js 20 npm skips the engine, which asks for 21: without
 * HYPERD_PATH that must be EXT3001, with the engine of this clone everything must work.
 */
const scratch = await mkdtemp(path.join(tmpdir(), 'extracts-install-'));
// Also after Ctrl-C: three engines and two versions of Node.js are more than a gigabyte.
process.once('exit', () => {
  rmSync(scratch, { recursive: true, force: true });
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
const results = { passed: 0, failed: 0 };
const tgz = await packInto(scratch);
for (const major of [20, 22, 24]) await check(tgz, major);
process.stdout.write(`${results.passed} passed, ${results.failed} failed\n`);
process.exitCode = results.failed === 0 ? 0 : 1;

async function check(tgz: string, major: number): Promise<void> {
  try {
    const node = await nodeVersion(major, path.join(scratch, `node-${major}`));
    const project = await installPacked(tgz, path.join(scratch, `project-${major}`), node);
    const { packages, bytes } = project;
    say(`Node.js ${node.version}: installed ${packages.join(', ')} (${Math.round(bytes / 1e6)} MB)`);
    await expectVersion(project);
    await expectLibrary(project, hasEngine(project) ? '' : engineOfClone());
    say('  the library was imported, its types hold, and it applied a file');
    if (!hasEngine(project)) await expectNoEngine(project);
    await runDemo(project, hasEngine(project) ? '' : engineOfClone());
    say('  the demo planned, applied and published, and planned again without changes');
    results.passed++;
  } catch (error) {
    say(`Node.js ${major} failed: ${error instanceof Error ? error.message : String(error)}`);
    results.failed++;
  }
}

async function expectVersion(project: InstalledProject): Promise<void> {
  const { stdout, stderr } = await runInstalled(project, '--version');
  if (stdout !== manifest.version) throw new Error(`extracts --version printed ${stdout}${stderr}`);
}

/** Fails unless npm had a reason to skip the engine, and the error names it. */
async function expectNoEngine(project: InstalledProject): Promise<void> {
  const isHere = process.platform === 'linux' && process.arch === 'x64';
  if (isHere && !project.node.version.startsWith('v20.')) throw new Error('npm did not install the engine');
  const { stdout, stderr, exitCode } = await runInstalled(
    project,
    'apply',
    '--yes',
    'pipelines/superstore_files.yaml',
  );
  const output = `${stdout}${stderr}`;
  if (exitCode !== 1 || !output.includes('EXT3001'))
    throw new Error(`without an engine, apply printed:\n${output}`);
  say('  npm skipped the engine: without HYPERD_PATH apply ends with EXT3001');
}

function engineOfClone(): string {
  return path.dirname(createRequire(import.meta.url).resolve(`${engine}/package.json`));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
