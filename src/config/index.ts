import type { Diagnostic, Place, Span } from '../model/diagnostic.ts';
import { foldDiagnostics } from '../model/fold-diagnostics.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Project } from '../model/project.ts';
import { findFiles, findProjectOnly, readTexts, type FoundFile, type FoundFiles } from './find.ts';
import type { Answer } from './for-each/index.ts';
import type { Substitution } from './interpolate.ts';
import { loadYaml, type LoadedFile } from './load.ts';
import { locate } from './locate.ts';
import { passwordsIn } from './passwords.ts';
import { readProject } from './project.ts';
import { resolvePipeline } from './resolve.ts';
import { draftFile, type AskedFamily, type BlockedItem, type ReadFamily } from './drafts.ts';
import { judge } from './judge.ts';

export type { Answer } from './for-each/index.ts';
export type { AskedFamily, BlockedItem, ReadFamily } from './drafts.ts';
export { findPipelineNames } from './pipeline-names.ts';

export interface Surroundings {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Hears of every value that must not be shown. */
  registerSecret: (value: string) => void;
  /** Offline validation gets along without the values: a warning, and the reference stays as a placeholder. */
  unsetVariables: 'error' | 'warning';
}

export interface Configuration {
  /** Those without an error. Of a family whose items are not known yet one pipeline stands for all. */
  pipelines: readonly Pipeline[];
  /** Families whose items a source has to tell. */
  asked: readonly AskedFamily[];
  /** The same with the items of those families, by the names of these. */
  withItems: (answers: ReadonlyMap<string, Answer>) => Configuration;
  /** Families whose items are known, for what is gone from their lists. */
  families: readonly ReadFamily[];
  /** What could not become a pipeline because of what a source has told. */
  blocked: readonly BlockedItem[];
  /** Absolute: the folders that were given, all of whose pipelines are meant. */
  folders: readonly string[];
  project: Project;
  diagnostics: readonly Diagnostic[];
  locate: (place: Place) => Span | undefined;
  /** The text of a line (1-based) of a file that was read. */
  lineOf: (file: string, line: number) => string | undefined;
}

/**
 * Reads pipelines and their project: find → load → schema → rules → resolve. Whatever is wrong with the files comes
 * back as diagnostics, of all files together; nothing that a user can write is thrown.
 */
export async function readPipelines(
  paths: readonly string[],
  surroundings: Surroundings,
): Promise<Configuration> {
  return readFound(await findFiles(paths, surroundings.cwd), surroundings);
}

/**
 * The project alone, for what needs no pipeline: that of the folder or the extracts.yaml at this path. Without one,
 * the project that the folder `pipelines` belongs to, or else the working directory.
 */
export async function readProjectOnly(
  path: string | undefined,
  surroundings: Surroundings,
): Promise<Configuration> {
  return readFound(await findProjectOnly(path, surroundings.cwd), surroundings);
}

/** Files as they were read, with what was wrong with that. */
interface Loaded {
  found: FoundFiles;
  project: LoadedFile | undefined;
  files: readonly LoadedFile[];
  diagnostics: readonly Diagnostic[];
}

async function readFound(found: FoundFiles, surroundings: Surroundings): Promise<Configuration> {
  const diagnostics: Diagnostic[] = [...found.diagnostics];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const [project] = await load(found.project === undefined ? [] : [found.project], report);
  const files = await load(found.pipelines, report);
  return configure({ found, project, files, diagnostics }, surroundings, new Map());
}

function configure(
  read: Loaded,
  surroundings: Surroundings,
  answers: ReadonlyMap<string, Answer>,
): Configuration {
  const { found, project, files } = read;
  const diagnostics = [...read.diagnostics];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const substitution: Substitution = { ...surroundings, report, shown: new Map() };

  const { project: settings, shared } = readProject(project, surroundings.cwd, substitution);
  const drafted = judge(
    files.flatMap((file) => draftFile(file, shared, substitution, answers) ?? []),
    surroundings,
    report,
  );

  const others = drafted.flatMap(({ family }) => family?.files ?? []);
  const loaded = new Map(
    [...(project ? [project] : []), ...files, ...others].map((file) => [file.file, file]),
  );
  const locatePlace = (place: Place) => {
    const file = loaded.get(place.file);
    return place.span ?? (file && locate(file, place));
  };
  const ofFamilies = new Set(drafted.flatMap(({ family, file }) => (family === undefined ? [] : file.file)));
  const isOfFamily = ({ place }: Diagnostic) => place !== undefined && ofFamilies.has(place.file);
  const wrong = new Set(
    diagnostics.flatMap(({ severity, place }) => (severity === 'error' && place ? place.file : [])),
  );
  for (const file of wrong) {
    for (const secret of passwordsIn(loaded.get(file)?.text ?? '')) surroundings.registerSecret(secret);
  }
  // What a broken project file would have offered is missing in all of them.
  const broken = project !== undefined && wrong.has(project.file);
  const sound = broken ? [] : drafted.filter((one) => !wrong.has(one.file.file));
  const shown = (text: string) => substitution.shown.get(text) ?? text;
  return {
    pipelines: sound.flatMap((one) => one.drafts.map((draft) => resolvePipeline(draft, shown))),
    asked: sound.flatMap((one) => one.asked ?? []),
    withItems: (told) => configure(read, surroundings, told),
    families: sound.flatMap((one) => one.family?.known ?? []),
    blocked: sound.flatMap(({ blocked }) =>
      blocked.map((item) => ({
        ...item,
        problems: item.problems.map((one) => withoutSecrets(one, substitution.shown)),
      })),
    ),
    folders: found.folders,
    project: settings,
    diagnostics: foldDiagnostics(distinct(diagnostics, locatePlace), isOfFamily).map((diagnostic) =>
      withoutSecrets(diagnostic, substitution.shown),
    ),
    locate: locatePlace,
    lineOf: (file, line) => loaded.get(file)?.text.split(/\r?\n/)[line - 1],
  };
}

async function load(files: readonly FoundFile[], report: (found: Diagnostic) => void): Promise<LoadedFile[]> {
  const texts = await readTexts(files);
  return files.flatMap(({ file, absolute }, index) => {
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

/** A text that several aliases stand for is wrong once, however often it is used. */
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

/** What a rule quotes may have come from a reference. Texts of a letter or two are no secrets and occur everywhere. */
function withoutSecrets(diagnostic: Diagnostic, shown: ReadonlyMap<string, string>): Diagnostic {
  if (shown.size === 0) return diagnostic;
  const masked = (text: string) =>
    [...shown]
      .filter(([secret]) => secret.length > 3)
      .reduce((left, [secret, safe]) => left.replaceAll(secret, () => safe), text);
  const { message, hint } = diagnostic;
  return { ...diagnostic, message: masked(message), ...(hint !== undefined && { hint: masked(hint) }) };
}
