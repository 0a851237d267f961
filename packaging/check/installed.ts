import { execa } from 'execa';
import { cp, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { filesIn, root } from '../assemble.ts';
import { engine } from '../manifest.ts';
import type { NodeVersion } from './node-version.ts';

/** A project of a user, with the packed file as its only dependency. */
export interface InstalledProject {
  folder: string;
  node: NodeVersion;
  /** Names of all packages that npm has installed. */
  packages: readonly string[];
  bytes: number;
}

/** Installs the packed file as a user would, into a folder that has nothing but the example pipelines and their data. */
export async function installPacked(
  tgz: string,
  folder: string,
  node: NodeVersion,
): Promise<InstalledProject> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{"private": true}\n');
  await cp(path.join(root, 'pipelines'), path.join(folder, 'pipelines'), { recursive: true });
  await execa('npm', ['install', '--no-audit', '--no-fund', tgz], { cwd: folder, env: node.env });
  const files = await filesIn(path.join(folder, 'node_modules'));
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(folder, 'node_modules', file))).size),
  );
  return {
    folder,
    node,
    packages: files
      .filter((file) => /^(@[^/]+\/)?[^@./][^/]*\/package\.json$/.test(file))
      .map((file) => path.posix.dirname(file)),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

export const hasEngine = ({ packages }: InstalledProject) => packages.includes(engine);

/** Runs the installed `extracts`, and never one that npx would fetch. */
export const runInstalled = ({ folder, node }: InstalledProject, ...args: string[]) =>
  execa('npx', ['--no-install', 'extracts', ...args], {
    cwd: folder,
    // Not the engine that a developer has: the cache is the project's own.
    env: { ...node.env, HYPERD_PATH: '', VIRTUAL_ENV: '', XDG_CACHE_HOME: path.join(folder, 'cache') },
    reject: false,
  });

/** Runs the demo with the installed program: plans, applies, publishes, and plans again. */
export async function runDemo({ folder, node }: InstalledProject, hyperd: string): Promise<void> {
  const program = path.join(folder, 'node_modules/extracts/dist/main.js');
  const demo = path.join(root, 'test/support/demo/main.ts');
  const { exitCode, all } = await execa(process.execPath, ['--import', 'tsx', demo, folder, program], {
    cwd: root,
    env: { ...node.env, HYPERD_PATH: hyperd },
    all: true,
    reject: false,
  });
  const again = '# extracts plan pipelines/ --detailed-exitcode\nNo changes.';
  if (exitCode !== 0 || !all.includes(again)) throw new Error(`the demo ended with ${exitCode}:\n${all}`);
}
