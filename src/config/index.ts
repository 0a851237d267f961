import type { Diagnostic, Place, Span } from '../model/diagnostic.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Project } from '../model/project.ts';
import type * as Written from '../model/written.gen.ts';
import { draftPipeline, type Draft } from './draft.ts';
import { findFiles, findProjectOnly, readTexts, type FoundFile, type FoundFiles } from './find.ts';
import { interpolate, type Substitution } from './interpolate.ts';
import { loadYaml, type LoadedFile } from './load.ts';
import { locate } from './locate.ts';
import { passwordsIn, passwordsOf } from './passwords.ts';
import { readProject } from './project.ts';
import { resolvePipeline } from './resolve.ts';
import { commonRules, rules } from './rules.ts';
import { checkShape } from './schema.ts';
import type { Shared } from './shared.ts';
import { joinSplitTypes } from './split-types.ts';

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
  /** Those without an error. */
  pipelines: readonly Pipeline[];
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

async function readFound(found: FoundFiles, surroundings: Surroundings): Promise<Configuration> {
  const diagnostics: Diagnostic[] = [...found.diagnostics];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const substitution: Substitution = { ...surroundings, report, shown: new Map() };

  const [project] = await load(found.project === undefined ? [] : [found.project], report);
  const files = await load(found.pipelines, report);
  const { project: settings, shared } = readProject(project, surroundings.cwd, substitution);
  const drafts = files.flatMap((file) => draftOf(file, shared, substitution) ?? []);
  for (const draft of drafts) {
    for (const secret of passwordsOf(draft)) surroundings.registerSecret(secret);
    for (const rule of rules) diagnostics.push(...rule(draft));
  }
  for (const rule of commonRules) diagnostics.push(...rule(drafts));

  const loaded = new Map([...(project ? [project] : []), ...files].map((file) => [file.file, file]));
  const locatePlace = (place: Place) => {
    const file = loaded.get(place.file);
    return file && locate(file, place);
  };
  const wrong = new Set(
    diagnostics.flatMap(({ severity, place }) => (severity === 'error' && place ? place.file : [])),
  );
  for (const file of wrong) {
    for (const secret of passwordsIn(loaded.get(file)?.text ?? '')) surroundings.registerSecret(secret);
  }
  // What a broken project file would have offered is missing in all of them.
  const broken = project !== undefined && wrong.has(project.file);
  const sound = broken ? [] : drafts.filter(({ place }) => !wrong.has(place.file));
  return {
    pipelines: sound.map((draft) => resolvePipeline(draft, (text) => substitution.shown.get(text) ?? text)),
    folders: found.folders,
    project: settings,
    diagnostics: distinct(diagnostics, locatePlace).map((diagnostic) =>
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

/** As much of a pipeline as can be judged; nothing where the file is no YAML or has hardly a part of a pipeline. */
function draftOf(loaded: LoadedFile, shared: Shared, substitution: Substitution): Draft | undefined {
  if (loaded.value === undefined) return undefined;
  const place: Place = { file: loaded.file, pointer: '' };
  const whole = joinSplitTypes(loaded.value, place, substitution.report);
  const { diagnostics, sound } = checkShape('pipeline', loaded.file, whole);
  diagnostics.forEach(substitution.report);
  if (sound === undefined) return undefined;
  const written = interpolate(sound, place, substitution) as Written.Pipeline;
  return draftPipeline(loaded, { whole, written }, shared);
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
