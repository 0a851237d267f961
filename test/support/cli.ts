import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { endHyperds } from './processes.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Outcome {
  stdout: string;
  stderr: string;
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
}

export interface RunningCli {
  pid: number;
  /** Returns the text written to stderr so far. */
  stderr: () => string;
  kill: (signal: NodeJS.Signals) => void;
  outcome: Promise<Outcome>;
}

/** A separate folder with pipelines and data, in which the real CLI runs. It is removed when the test has ended. */
export interface CliProject {
  folder: string;
  path: (name: string) => string;
  write: (name: string, content: string | Uint8Array) => Promise<void>;
  read: (name: string) => Promise<string>;
  remove: (name: string) => Promise<void>;
  /** Runs `extracts ARGS` to its end. */
  run: (args: readonly string[], env?: Variables) => Promise<Outcome>;
  /** Runs `extracts apply` as the starting point of a test: it must succeed. */
  apply: (env?: Variables) => Promise<void>;
  /** Starts `extracts ARGS`, for a test that interferes while it runs; no file may be larger than this many kB. */
  start: (args: readonly string[], env?: Variables, largestFile?: number) => RunningCli;
  /** All files by name, with a mark that changes when the file is written, replaced or touched. */
  marks: () => Promise<Record<string, string>>;
  /** Names of everything that the runs have left in their temporary folder. */
  temporary: () => Promise<string[]>;
}

export type Variables = Record<string, string>;

/** Creates the project with these files. A run has no terminal and no colours. */
export async function createProject(files: Record<string, string> = {}): Promise<CliProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e2e-'));
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  onTestFinished(async () => {
    await endHyperds(folder);
    await rm(folder, { recursive: true, force: true });
  });
  const project: CliProject = {
    folder,
    path: (name) => path.join(folder, name),
    async write(name, content) {
      await mkdir(path.dirname(project.path(name)), { recursive: true });
      await writeFile(project.path(name), content);
    },
    read: (name) => readFile(project.path(name), 'utf8'),
    remove: (name) => rm(project.path(name), { recursive: true }),
    run: (args, env) => project.start(args, env).outcome,
    async apply(env) {
      const { stderr, exitCode } = await project.run(['apply', '--yes'], env);
      if (exitCode !== 0) throw new Error(`extracts apply ended with ${exitCode ?? 'a signal'}:\n${stderr}`);
    },
    start: (args, env = {}, largestFile) => startCli(args, folder, environment(folder, env), largestFile),
    async marks() {
      const names = await readdir(folder, { recursive: true });
      const noted = names.filter((name) => !ignoreFiles.includes(name)).sort();
      const marked = await Promise.all(noted.map((name) => markOf(folder, name)));
      return Object.fromEntries(marked.flat());
    },
    temporary: () => readdir(temporary),
  };
  for (const [name, content] of Object.entries(files)) await project.write(name, content);
  return project;
}

/** An apply that ends without a result leaves these, as it leaves the folders that they are in. */
const ignoreFiles = ['build/.gitignore', '.extracts/.gitignore'];

/** Returns the variables of a run without a terminal, and none of the developer's. */
export function environment(folder: string, variables: Variables = {}): Variables {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: path.join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    CI: '',
    ...variables,
  };
}

/** The command line of the program, for those who run it inside another. */
export const commandLine = [process.execPath, program] as const;

function startCli(
  args: readonly string[],
  cwd: string,
  env: Variables,
  largestFile: number | undefined,
): RunningCli {
  const limited = ['-c', `ulimit -f ${largestFile}; exec "$0" "$@"`, process.execPath, program, ...args];
  const [file, given] =
    largestFile === undefined ? [process.execPath, [program, ...args]] : ['/bin/bash', limited];
  const child = execa(file, given, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    reject: false,
  });
  let seen = '';
  child.stderr.on('data', (chunk: Buffer | string) => (seen += String(chunk)));
  return {
    pid: child.pid!,
    stderr: () => seen,
    kill: (signal) => void child.kill(signal),
    outcome: child.then(({ stdout, stderr, exitCode, signal }) => ({ stdout, stderr, exitCode, signal })),
  };
}

async function markOf(folder: string, name: string): Promise<[string, string][]> {
  const found = await stat(path.join(folder, name), { bigint: true });
  if (!found.isFile()) return [];
  const hash = createHash('sha256').update(await readFile(path.join(folder, name)));
  return [[name, `${hash.digest('hex').slice(0, 16)} ${found.ino} ${found.mtimeNs}`]];
}
