import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import { ignoredPaths, projectFiles, type CiService } from './project-files.ts';
import { writeFiles, type WrittenFile } from './write-files.ts';

export interface InitOptions {
  ci: CiService;
  force?: boolean;
  json?: boolean;
}

/** `extracts init [FOLDER]`: the files of a project that can be applied at once. */
export async function init(folder: string, options: InitOptions, env: Env): Promise<ExitCode> {
  const root = path.resolve(env.cwd, folder);
  const hasPipelines = await hasOtherPipelines(path.join(root, 'pipelines'));
  const isInstalled = await exists(path.join(root, 'node_modules/extracts/schemas/pipeline.schema.json'));
  const files = projectFiles({ ci: options.ci, isInstalled, hasPipelines });
  const written = await writeFiles(root, files, { force: options.force === true, signal: env.signal });
  const notes = [...(await missingIgnores(root)), ...(await missingDependency(root, options.ci))];
  const next = nextSteps(folder, hasPipelines, options.ci);
  env.out(
    options.json === true
      ? encodeJson({ folder: root, files: written, notes, next: next.map(([command]) => command) })
      : render(written, notes, next),
  );
  return exitCodes.done;
}

/** The sample is for projects without pipelines. */
async function hasOtherPipelines(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => /\.ya?ml$/.test(name) && name !== 'sample.yaml');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** An existing .gitignore is kept: these lines are for the user to add. */
async function missingIgnores(root: string): Promise<string[]> {
  const text = await readFile(path.join(root, '.gitignore'), 'utf8').catch(() => '');
  const bare = (line: string) => line.trim().replace(/^\/|\/$/g, '');
  const lines = text.split('\n').map(bare);
  const missing = ignoredPaths.filter((line) => !lines.includes(bare(line)));
  return missing.length === 0 ? [] : [`add to .gitignore: ${missing.join('  ')}`];
}

/** The workflows install what package-lock.json names. */
async function missingDependency(root: string, ci: CiService): Promise<string[]> {
  if (ci === 'none') return [];
  const text = await readFile(path.join(root, 'package.json'), 'utf8').catch(() => '');
  const hasLock = await exists(path.join(root, 'package-lock.json'));
  if (hasLock && text.includes('"extracts"')) return [];
  return [
    'the workflow runs npm ci: commit a package.json with extracts as a dependency, and its package-lock.json',
  ];
}

function nextSteps(folder: string, hasPipelines: boolean, ci: CiService): (readonly [string, string])[] {
  const enter = folder === '.' ? '' : `cd ${folder} && `;
  return [
    [`${enter}extracts plan`, 'show what would be built, and why'],
    [
      'extracts apply',
      hasPipelines ? 'build and deliver it' : 'build out/sample.tdsx, and open it in Tableau',
    ],
    ['extracts import', 'write a pipeline for your own database, files, extract or data source'],
    ...(ci === 'none'
      ? []
      : [['edit extracts.yaml', 'keep the state in a bucket, so that the runners share it'] as const]),
  ];
}

function render(
  written: readonly WrittenFile[],
  notes: readonly string[],
  next: readonly (readonly [string, string])[],
): string {
  const width = Math.max(...next.map(([command]) => command.length));
  return [
    ...written.map(({ path: name, outcome }) => `  ${outcome.padEnd(9)}  ${name}${reasons[outcome]}`),
    ...notes.map((note) => `Note: ${note}.`),
    '',
    'Next:',
    ...next.map(([command, purpose], index) => `  ${index + 1}. ${command.padEnd(width)}  ${purpose}`),
    '',
  ].join('\n');
}

const reasons = {
  created: '',
  replaced: '',
  unchanged: '',
  kept: '  (it exists; --force replaces it)',
} as const;
