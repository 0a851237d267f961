import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { packInto } from '../pack.ts';
import { hasEngine, installPacked, runDemo, runInstalled, type InstalledProject } from './installed.ts';
import { expectLibrary } from './library.ts';
import { nodeVersion } from './node-version.ts';

/**
 * `npm run test:package`: packs, installs the file into an empty folder under Node.js 20, 22 and 24 each, as a user
 * would, imports the library, and runs the demo with the installed program. On Node.js 20 npm skips the engine, which asks for 21: that must be
 * EXT3001, and after the command that it names everything must work.
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
    const hyperd = hasEngine(project) ? '' : await installEngine(project);
    await expectLibrary(project, hyperd);
    say('  the library was imported, its types hold, and it applied a file');
    await runDemo(project, hyperd);
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

/** Applies a pipeline without an engine, does what the error says, and applies it. Returns the path of the engine. */
async function installEngine(project: InstalledProject): Promise<string> {
  const isHere = process.platform === 'linux' && process.arch === 'x64';
  if (isHere && !project.node.version.startsWith('v20.')) throw new Error('npm did not install the engine');
  const apply = ['apply', '--yes', 'pipelines/superstore_files.yaml'] as const;
  const before = await runInstalled(project, ...apply);
  const remedy = /\[EXT3001\][^]*= run: extracts engine install\n/;
  if (before.exitCode !== 1 || !remedy.test(`${before.stderr}\n`))
    throw new Error(`without an engine, apply printed:\n${before.stdout}${before.stderr}`);
  const installed = await runInstalled(project, 'engine', 'install', '--json');
  if (installed.exitCode !== 0) throw new Error(`engine install printed:\n${installed.stderr}`);
  const { path: hyperd, tested } = JSON.parse(installed.stdout) as { path: string; tested: boolean };
  if (!tested) throw new Error(`engine install took a file that is not the tested one: ${hyperd}`);
  const after = await runInstalled(project, ...apply);
  if (after.exitCode !== 0) throw new Error(`with ${hyperd}, apply printed:\n${after.stderr}`);
  say('  npm skipped the engine: apply ended with EXT3001, and succeeded after extracts engine install');
  return hyperd;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
