import { readdir, readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { decodeText } from './decode-text.ts';
import { refusedStart } from './refused-start.ts';

export interface FoundFile {
  /** The path as the user would write it. */
  file: string;
  absolute: string;
}

export interface FoundFiles {
  pipelines: readonly FoundFile[];
  /** Absolute: the folders among the paths, all of whose pipelines are here. */
  folders: readonly string[];
  /** The extracts.yaml that all of them share. */
  project?: FoundFile;
  diagnostics: readonly Diagnostic[];
}

const projectName = 'extracts.yaml';

/**
 * Finds the pipeline files for these paths: files, or folders with all YAML files below them. With `untrusted`, paths
 * that lead out of their project are not even opened.
 */
export async function findFiles(
  paths: readonly string[],
  cwd: string,
  untrusted = false,
): Promise<FoundFiles> {
  const diagnostics: Diagnostic[] = [];
  const pipelines = new Map<string, FoundFile>();
  const projects = new Map<string, string>();
  const folders: string[] = [];
  for (const path of paths) {
    const start = resolve(cwd, path);
    const kind = await kindOf(start);
    const above = projectAbove(kind === 'folder' ? start : dirname(start));
    const root = above === undefined ? cwd : dirname(above);
    const problem =
      refusedStart({ path, start, root, cwd }, untrusted) ?? (await problemWith(path, start, kind));
    if (problem !== undefined) {
      diagnostics.push(problem);
      continue;
    }
    if (kind === 'folder') folders.push(start);
    const found = kind === 'folder' ? await yamlFilesUnder(start) : [start];
    for (const absolute of found) {
      const file = isAbsolute(path) ? absolute : relative(cwd, absolute);
      if (!pipelines.has(absolute)) pipelines.set(absolute, { file, absolute });
    }
    if (found.length === 0) {
      const message = `there is no pipeline in ${path}: no .yaml or .yml file besides ${projectName}`;
      diagnostics.push({ code: codes.noPipeline, severity: 'error', message });
    }
    projects.set(above ?? '', path);
  }
  const [first, second] = projects;
  if (first !== undefined && second !== undefined) {
    diagnostics.push({
      code: codes.severalProjects,
      severity: 'error',
      message: `${first[1]} and ${second[1]} belong to different projects: ${[first, second]
        .map(([project, path]) => (project === '' ? `none above ${path}` : relative(cwd, project)))
        .join(' and ')}`,
      hint: `run them one after the other, or put one ${projectName} above both`,
    });
  }
  const project = first?.[0];
  return {
    pipelines: [...pipelines.values()],
    folders,
    ...(project !== undefined && project !== '' && { project: projectFile(project, cwd) }),
    diagnostics,
  };
}

/** No pipelines, but the project that they would have. */
export async function findProjectOnly(path: string | undefined, cwd: string): Promise<FoundFiles> {
  const start = resolve(cwd, path ?? 'pipelines');
  const kind = await kindOf(start);
  const none = { pipelines: [], folders: [], diagnostics: [] };
  if (kind === 'file' && parse(start).base === projectName)
    return { ...none, project: projectFile(start, cwd) };
  if (kind !== 'folder' && path !== undefined) {
    const problem = (await problemWith(path, start, kind)) ?? {
      code: codes.pathNotFound,
      severity: 'error',
      message: `${path} is neither a folder nor a file called ${projectName}`,
      hint: `name a folder, or a file with the name ${projectName}`,
    };
    return { ...none, diagnostics: [problem] };
  }
  const project = projectAbove(kind === 'folder' ? start : cwd);
  return { ...none, ...(project !== undefined && { project: projectFile(project, cwd) }) };
}

/** A pipeline file that may not exist yet, and the project that it has. */
export function findUnwritten(path: string, cwd: string): FoundFile & Pick<FoundFiles, 'project'> {
  const absolute = resolve(cwd, path);
  const project = projectAbove(dirname(absolute));
  return { file: path, absolute, ...(project !== undefined && { project: projectFile(project, cwd) }) };
}

/** The other YAML files of the project; without an extracts.yaml those beside the given ones. */
export async function findOthers({ pipelines, project }: FoundFiles, cwd: string): Promise<FoundFile[]> {
  const roots =
    project === undefined
      ? [...new Set(pipelines.map(({ absolute }) => dirname(absolute))), resolve(cwd, 'pipelines')]
      : [dirname(project.absolute)];
  const given = new Set(pipelines.map(({ absolute }) => absolute));
  const found = new Set((await Promise.all(roots.map(yamlFilesUnder))).flat());
  return [...found]
    .filter((absolute) => !given.has(absolute))
    .map((absolute) => ({ file: relative(cwd, absolute), absolute }));
}

function projectFile(absolute: string, cwd: string): FoundFile {
  return { file: relative(cwd, absolute), absolute };
}

/** The texts of files, in their order; a few at a time, so that thousands do not exhaust file handles. */
export async function readTexts(files: readonly FoundFile[]): Promise<(string | Diagnostic)[]> {
  const texts: (string | Diagnostic)[] = [];
  for (let from = 0; from < files.length; from += 64) {
    texts.push(...(await Promise.all(files.slice(from, from + 64).map(readText))));
  }
  return texts;
}

async function readText({ file, absolute }: FoundFile): Promise<string | Diagnostic> {
  try {
    // Reading a named pipe may wait forever, unless a shell has opened it, as for --policy <(git show …).
    if (!absolute.startsWith('/dev/fd/') && (await stat(absolute)).isFIFO()) {
      const message = `cannot read ${file}: it is a named pipe`;
      return { code: codes.unreadableFile, severity: 'error', message, place: { file, pointer: '' } };
    }
    return decodeText(file, await readFile(absolute));
  } catch (cause) {
    const message = `cannot read ${file} (${(cause as NodeJS.ErrnoException).code})`;
    return { code: codes.unreadableFile, severity: 'error', message, place: { file, pointer: '' } };
  }
}

type Kind = 'file' | 'folder' | { error: string };

async function kindOf(path: string): Promise<Kind> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    return { error: (cause as NodeJS.ErrnoException).code ?? 'unknown error' };
  }
}

async function problemWith(path: string, absolute: string, kind: Kind): Promise<Diagnostic | undefined> {
  if (typeof kind === 'object') {
    const message =
      kind.error === 'ENOENT' ? `${path} does not exist` : `cannot read ${path} (${kind.error})`;
    return { code: codes.pathNotFound, severity: 'error', message };
  }
  if (kind === 'folder') {
    const readable = await readdir(absolute).then(
      () => undefined,
      (cause: unknown) => (cause as NodeJS.ErrnoException).code,
    );
    if (readable === undefined) return undefined;
    return { code: codes.pathNotFound, severity: 'error', message: `cannot read ${path} (${readable})` };
  }
  const isPipeline = isYaml(absolute) && parse(absolute).base !== projectName;
  if (isPipeline) return undefined;
  return {
    code: codes.noPipeline,
    severity: 'error',
    message: isYaml(absolute) ? `${path} is the project file, not a pipeline` : `${path} is no pipeline file`,
    hint: isYaml(absolute)
      ? 'give the folder of the pipelines'
      : 'the name of a pipeline file ends in .yaml or .yml',
  };
}

async function yamlFilesUnder(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(() => [])).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await yamlFilesUnder(path)));
    else if (isYaml(entry.name) && entry.name !== projectName) found.push(path);
  }
  return found;
}

function isYaml(path: string): boolean {
  return ['.yaml', '.yml'].includes(extname(path));
}

/** Finds the project file. The search ends with the repository: folders above it belong to others. */
function projectAbove(folder: string): string | undefined {
  const candidate = join(folder, projectName);
  if (existsSync(candidate)) return candidate;
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, '.git')) ? undefined : projectAbove(above);
}
