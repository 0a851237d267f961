import type { Diagnostic, Place, Span } from '../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../model/errors/fold-diagnostics.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Project } from '../model/config/project.ts';
import type { AskedFamily, BlockedItem, KnownItems, ReadFamily } from './drafts/drafted-file.ts';
import { draftFile } from './drafts/drafts.ts';
import type { WantedItems } from './drafts/wanted-items.ts';
import type { Answer } from './for-each/index.ts';
import { readProject } from './project.ts';
import type { FoundFiles } from './read/find.ts';
import type { LoadedFile } from './read/loaded-file.ts';
import { locate } from './read/locate.ts';
import { hidePasswords, passwordsIn } from './references/hide-passwords.ts';
import { secretsIn } from './references/passwords.ts';
import { collectSecretNames } from './references/secret-names.ts';
import { resolvePipeline } from './resolve/index.ts';
import { judge } from './rules/judge.ts';

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
  /** The items to read: without it all. Other items of their families count as not listed. */
  wanted?: WantedItems;
}

export interface Configuration {
  /** Pipelines without an error. One pipeline represents all items of a family whose items are not known yet. */
  pipelines: readonly Pipeline[];
  /** Families whose items are not in the files. */
  asked: readonly AskedFamily[];
  /** The items that were read; undefined for all. */
  wanted: WantedItems | undefined;
  /** Returns the same with all items, before any was asked for. */
  whole: () => Configuration;
  /** Returns the same with these items alone, before any was asked for. */
  narrowTo: (wanted: WantedItems) => Configuration;
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

/** Files as they were read, with what was wrong with that. */
export interface Loaded {
  found: FoundFiles;
  project: LoadedFile | undefined;
  /** The file whose policy counts in the place of the project's own. */
  policy: LoadedFile | undefined;
  files: readonly LoadedFile[];
  /** Other files of the project: what they call a secret is one here, too. */
  others: readonly LoadedFile[];
  diagnostics: readonly Diagnostic[];
}

/** Derives the configuration from the files that were read, and from the answers of the sources that list items. */
export function configure(read: Loaded, context: ProjectContext, items: KnownItems): Configuration {
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
    files.flatMap((file) => draftFile(file, shared, substitution, items) ?? []),
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
  const isBroken = project !== undefined && wrong.has(project.file);
  const sound = isBroken ? [] : drafted.filter((one) => !wrong.has(one.file.file));
  return {
    pipelines: sound.flatMap((one) => one.drafts.map((draft) => resolvePipeline(draft))),
    asked: sound.flatMap((one) => one.asked ?? []),
    wanted: items.wanted,
    withItems: (answers) => configure(read, context, { ...items, answers }),
    whole: () => configure(read, context, { answers: new Map(), wanted: undefined }),
    narrowTo: (wanted) => configure(read, context, { answers: new Map(), wanted }),
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
