import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Project } from '../../model/config/project.ts';
import type { RunContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Returns pipelines with a file that differs from a git revision: its YAML, its template, or the project file, which is
 * a part of all of them. Uncommitted changes count, too. Sources are not read: that is what a plan does.
 */
export async function changedSince(
  revision: string,
  pipelines: readonly Pipeline[],
  project: Project,
  context: RunContext,
): Promise<Set<Pipeline>> {
  const commit = await resolveCommit(revision, context);
  const root = (await git(['rev-parse', '--show-toplevel'], context)).trim();
  const lists = await Promise.all([
    git(['diff', '--name-only', '-z', '--no-renames', '--no-relative', commit, '--'], context),
    git(['ls-files', '--others', '--exclude-standard', '--full-name', '-z', root], context),
  ]);
  const changed = new Set(
    lists
      .flatMap((list) => list.split('\0'))
      .filter(Boolean)
      .map((file) => path.join(root, file)),
  );
  const isChanged = async (file: string) => changed.has(file) || changed.has(await realPath(file));
  if (await isChanged(path.join(project.root, 'extracts.yaml'))) return new Set(pipelines);
  const chosen = await Promise.all(
    pipelines.map(async (pipeline) => {
      const files = await Promise.all(filesOf(pipeline, context.cwd).map(isChanged));
      return files.includes(true) ? [pipeline] : [];
    }),
  );
  return new Set(chosen.flat());
}

/** Git knows files by where they are, not by the links that lead there. */
const realPath = (file: string) => realpath(file).catch(() => file);

function filesOf({ place, template }: Pipeline, cwd: string): string[] {
  return [path.resolve(cwd, place.file), ...(template?.kind === 'file' ? [template.path] : [])];
}

async function resolveCommit(revision: string, context: RunContext): Promise<string> {
  const spelled = `${revision}^{commit}`;
  return (
    await git(['rev-parse', '--verify', '--quiet', '--end-of-options', spelled], context, revision)
  ).trim();
}

async function git(
  args: string[],
  { cwd, variables, signal }: RunContext,
  revision?: string,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd,
      env: variables,
      signal,
      maxBuffer: 2 ** 28,
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new UsageError('--changed-since needs git, and there is none');
    if (revision !== undefined && stderr.trim() === '')
      throw new UsageError(
        `--changed-since ${revision}: git knows no such commit here`,
        'a shallow clone has only the last one: fetch the branch to compare with',
      );
    throw new UsageError(`--changed-since: git says: ${stderr.trim().split('\n')[0] ?? ''}`);
  }
}
