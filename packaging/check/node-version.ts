import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A version of Node.js to run programs with. */
export interface NodeVersion {
  version: string;
  /** The environment in which `node`, and npm's programs, are this version. */
  env: { PATH: string };
}

/**
 * Returns Node.js of this major version: the running one, or one that is installed into this folder. It is never a
 * dependency of the repository, where its bin would become the `node` of every npm script.
 */
export async function nodeVersion(major: number, folder: string): Promise<NodeVersion> {
  const isRunning = process.versions.node.startsWith(`${major}.`);
  const bin = isRunning ? path.dirname(process.execPath) : await installNode(major, folder);
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
  const { stdout: version } = await execa('node', ['--version'], { env });
  if (!version.startsWith(`v${major}.`)) throw new Error(`node is ${version} instead of ${major}`);
  return { version, env };
}

async function installNode(major: number, folder: string): Promise<string> {
  await mkdir(folder);
  // The package fetches the program for this platform when it is installed.
  await writeFile(path.join(folder, 'package.json'), '{"private": true, "allowScripts": {"node": true}}\n');
  await execa('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], { cwd: folder });
  return path.join(folder, 'node_modules/.bin');
}
