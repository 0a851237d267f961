import { dirname, resolve } from 'node:path';
import type { Diagnostic, Place, Span } from '../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../model/errors/fold-diagnostics.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Project } from '../model/config/project.ts';
import type { Source } from '../model/config/source.ts';
import type { RefusePath } from '../model/config/readable-paths.ts';
import {
  findFiles,
  findOthers,
  findProjectOnly,
  findUnwritten,
  readTexts,
  type FoundFile,
  type FoundFiles,
} from './read/find.ts';
import type { Answer } from './for-each/index.ts';
import { loadYaml } from './read/parse.ts';
import type { LoadedFile } from './read/loaded-file.ts';
import { locate } from './read/locate.ts';
import { hidePasswords, passwordsIn } from './references/hide-passwords.ts';
import { secretsIn } from './references/passwords.ts';
import { collectSecretNames } from './references/secret-names.ts';
import { readProject, refusedConfiguration } from './project.ts';
import { notReadable, realPathOf } from './read/readable.ts';
import { resolvePipeline } from './resolve/index.ts';
import { resolveSource } from './resolve/sources.ts';
import { draftFile, type AskedFamily, type BlockedItem, type ReadFamily } from './drafts/drafts.ts';
import { judge } from './rules/judge.ts';

export type { Answer } from './for-each/index.ts';
export type { AskedFamily, BlockedItem, ReadFamily } from './drafts/drafts.ts';
export { findPipelineNames } from './read/pipeline-names.ts';

export interface ProjectContext {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Hears of every value that must not be shown. */
  registerSecret: (value: string) => void;
  /**
   * Offline validation works without the values: an unset variable is a warning, and the reference is kept as a
   * placeholder.
   */
  unsetVariables: 'error' | 'warning';
  /** A file with a policy that counts in the place of the project's own. */
  policy?: string;
  /** References to variables and files are kept as placeholders, and nothing outside of the project is read. */
  untrusted?: boolean;
}

export interface Configuration {
  /** Pipelines without an error. One pipeline represents all items of a family whose items are not known yet. */
  pipelines: readonly Pipeline[];
  /** Families whose items come from a source. */
  asked: readonly AskedFamily[];
  /** Returns the same with the items of those families, by the names of these. */
  withItems: (answers: ReadonlyMap<string, Answer>) => Configuration;
  /** Families whose items are known, to find the ones removed from their lists. */
  families: readonly ReadFamily[];
  /** Items that are invalid because of an answer of their source. */
  blocked: readonly BlockedItem[];
  /** Absolute paths of the given folders, all of whose pipelines are included. */
  folders: readonly string[];
  project: Project;
  /** References that an untrusted reading left as they are. */
  unresolved: readonly string[];
  diagnostics: readonly Diagnostic[];
  locate: (place: Place) => Span | undefined;
  /** The text of a line (1-based) of a file that was read. */
  lineOf: (file: string, line: number) => string | undefined;
}

/**
 * Reads pipelines and their project: find → load → schema → rules → resolve. All problems of all files are returned
 * together as diagnostics; no user input makes it throw.
 */
export async function readPipelines(
  paths: readonly string[],
  context: ProjectContext,
): Promise<Configuration> {
  return readFound(await findFiles(paths, context.cwd, context.untrusted), context);
}

/**
 * The project alone, for what needs no pipeline: that of the folder or the extracts.yaml at this path. Without one,
 * the project that the folder `pipelines` belongs to, or else the working directory.
 */
export async function readProjectOnly(
  path: string | undefined,
  context: ProjectContext,
): Promise<Configuration> {
  return readFound(await findProjectOnly(path, context.cwd), context);
}

/** The same for the text of a pipeline file before it is written. */
export async function readPipelineText(
  path: string,
  text: string,
  context: ProjectContext,
): Promise<Configuration> {
  const { file, absolute, project } = findUnwritten(path, context.cwd);
  const found = { pipelines: [], folders: [], diagnostics: [], ...(project && { project }) };
  return readFound(found, context, loadYaml(file, absolute, text));
}

/**
 * Reads one source of the text of a pipeline file, whatever is wrong elsewhere in it. Without a source, the
 * diagnostics say why.
 */
export async function readSourceText(
  path: string,
  { text, name }: { text: string; name: string },
  context: ProjectContext,
): Promise<{ source?: Source; diagnostics: readonly Diagnostic[] }> {
  const { file, absolute, project: found } = findUnwritten(path, context.cwd);
  const loaded = loadYaml(file, absolute, text);
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const refuse = refusedConfiguration({ cwd: context.cwd, project: undefined, policy: undefined }, context);
  const [project] = await load(found === undefined ? [] : [found], report, refuse);
  const secretNames = collectSecretNames([...(project ? [project] : []), loaded]);
  const { shared, substitution } = readProject(
    { cwd: context.cwd, project, policy: undefined },
    { ...context, report, secretNames },
  );
  const drafted = draftFile(loaded, shared, substitution, new Map());
  if (drafted !== undefined) judge([drafted], context, report);
  const draft = drafted?.drafts[0];
  const source = draft?.sources.get(name);
  const concerns = diagnostics.filter(
    ({ severity, place }) =>
      severity === 'error' && !(place?.file === file && place.pointer.startsWith('/tables')),
  );
  if (draft === undefined || source === undefined || concerns.length > 0) return { diagnostics: concerns };
  const shown = draft.shown?.sources.get(name);
  const { readable, folder } = shared;
  return { source: resolveSource(source, { shown, readable, project: folder }), diagnostics: [] };
}

/** Files as they were read, with what was wrong with that. */
interface Loaded {
  found: FoundFiles;
  project: LoadedFile | undefined;
  /** The file whose policy counts in the place of the project's own. */
  policy: LoadedFile | undefined;
  files: readonly LoadedFile[];
  /** Other files of the project: what they call a secret is one here, too. */
  others: readonly LoadedFile[];
  diagnostics: readonly Diagnostic[];
}

async function readFound(
  found: FoundFiles,
  context: ProjectContext,
  ...unwritten: LoadedFile[]
): Promise<Configuration> {
  const diagnostics: Diagnostic[] = [...found.diagnostics];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const policy = await loadPolicy(context, report);
  const root = found.project === undefined ? context.cwd : dirname(found.project.absolute);
  const refusing = (project: LoadedFile | undefined) =>
    refusedConfiguration({ cwd: root, project, policy }, context);
  const refuse = refusing(undefined);
  const [project] = await load(found.project === undefined ? [] : [found.project], report, refuse);
  const refusePipeline = project === undefined ? refuse : refusing(project);
  const files = [...(await load(found.pipelines, report, refusePipeline)), ...unwritten];
  for (const file of unwritten) file.diagnostics.forEach(report);
  const asks = [project, ...files].some((file) => file?.text.includes('${env.') === true);
  const others = asks
    ? await load(await findOthers(found, context.cwd), () => undefined, refusePipeline)
    : [];
  return configure({ found, project, policy, files, others, diagnostics }, context, new Map());
}

function configure(
  read: Loaded,
  context: ProjectContext,
  answers: ReadonlyMap<string, Answer>,
): Configuration {
  const { found, project, files } = read;
  const diagnostics = [...read.diagnostics];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const unresolved = new Set<string>();
  const secretNames = collectSecretNames([...(project ? [project] : []), ...files, ...read.others]);
  const {
    project: settings,
    shared,
    substitution,
  } = readProject(
    { cwd: context.cwd, project, policy: read.policy },
    { ...context, report, secretNames, skip: (reference) => void unresolved.add(reference) },
  );
  const drafted = judge(
    files.flatMap((file) => draftFile(file, shared, substitution, answers) ?? []),
    context,
    report,
  );

  const others = drafted.flatMap(({ family }) => family?.files ?? []);
  const shown = [...(project ? [project] : []), ...(read.policy ? [read.policy] : []), ...files];
  const loaded = new Map([...shown, ...others].map((file) => [file.file, file]));
  const locatePlace = (place: Place) => {
    const file = loaded.get(place.file);
    return place.span ?? (file && locate(file, place));
  };
  const ofFamilies = new Set(drafted.flatMap(({ family, file }) => (family === undefined ? [] : file.file)));
  const isOfFamily = ({ place }: Diagnostic) => place !== undefined && ofFamilies.has(place.file);
  const wrong = new Set(
    diagnostics.flatMap(({ severity, place }) => (severity === 'error' && place ? place.file : [])),
  );
  const wrongFiles = [...wrong].flatMap((file) => loaded.get(file) ?? []);
  for (const secret of plainSecrets(shown, wrongFiles)) context.registerSecret(secret);
  // Settings of a broken project file are missing in all of them.
  const broken = project !== undefined && wrong.has(project.file);
  const sound = broken ? [] : drafted.filter((one) => !wrong.has(one.file.file));
  return {
    pipelines: sound.flatMap((one) => one.drafts.map((draft) => resolvePipeline(draft))),
    asked: sound.flatMap((one) => one.asked ?? []),
    withItems: (given) => configure(read, context, given),
    families: sound.flatMap((one) => one.family?.known ?? []),
    blocked: sound.flatMap(({ blocked }) => blocked),
    folders: found.folders,
    project: settings,
    unresolved: [...unresolved].sort(),
    diagnostics: foldDiagnostics(distinct(diagnostics, locatePlace), isOfFamily),
    locate: locatePlace,
    // Lists of items hold what tenants sign in with: their places are named, and their lines not shown.
    lineOf: linesOf(new Map(shown.map((file) => [file.file, file]))),
  };
}

/**
 * Returns the secrets that are written plainly, also in a connection or a default that no pipeline uses. In wrong files
 * they may be anywhere.
 */
function plainSecrets(files: readonly LoadedFile[], wrong: readonly LoadedFile[]): string[] {
  const inPlace = files
    .flatMap(({ file, value }) => secretsIn(value, { file, pointer: '' }))
    .filter((secret) => !secret.includes('${'));
  return [...inPlace, ...wrong.flatMap(({ text }) => passwordsIn(text))];
}

/** Lines of files as they may be shown. */
function linesOf(loaded: ReadonlyMap<string, LoadedFile>): Configuration['lineOf'] {
  const known = new Map<string, string[]>();
  return (file, line) => {
    const text = loaded.get(file)?.text;
    if (text === undefined) return undefined;
    const lines = known.get(file) ?? hidePasswords(text).split(/\r?\n/);
    known.set(file, lines);
    return lines[line - 1];
  };
}

async function loadPolicy(
  { policy, cwd }: ProjectContext,
  report: (found: Diagnostic) => void,
): Promise<LoadedFile | undefined> {
  if (policy === undefined) return undefined;
  const [loaded] = await load([{ file: policy, absolute: resolve(cwd, policy) }], report, () => undefined);
  return loaded;
}

/** Loads files. A refused file is not opened: an error in it would reveal its content. */
async function load(
  files: readonly FoundFile[],
  report: (found: Diagnostic) => void,
  refuse: RefusePath,
): Promise<LoadedFile[]> {
  const readable = files.filter(({ file, absolute }) => {
    const reason = refuse(realPathOf(absolute));
    if (reason !== undefined) report(notReadable(file, reason, { file, pointer: '' }));
    return reason === undefined;
  });
  const texts = await readTexts(readable);
  return readable.flatMap(({ file, absolute }, index) => {
    const text = texts[index];
    if (typeof text !== 'string') {
      if (text !== undefined) report(text);
      return [];
    }
    const loaded = loadYaml(file, absolute, text);
    loaded.diagnostics.forEach(report);
    return [loaded];
  });
}

/** Removes duplicates: a text that several aliases refer to is reported once, however often it is used. */
function distinct(
  diagnostics: readonly Diagnostic[],
  find: (place: Place) => Span | undefined,
): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ message, place }) => {
    if (place === undefined) return true;
    const { line = 0, column = 0 } = find(place) ?? {};
    const key = JSON.stringify([place.file, line, column, message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
