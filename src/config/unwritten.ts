import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Source } from '../model/config/source.ts';
import type { Configuration, ProjectContext } from './configuration.ts';
import { draftFile } from './drafts/drafts.ts';
import { readProject, refusedConfiguration } from './project.ts';
import { readFound } from './read-found.ts';
import { findUnwritten } from './read/find.ts';
import { load } from './read/load-files.ts';
import { loadYaml } from './read/parse.ts';
import { collectSecretNames } from './references/secret-names.ts';
import { resolveSource } from './resolve/sources.ts';
import { judge } from './rules/judge.ts';

/** Reads the text of a pipeline file before it is written, with the project that it would belong to. */
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
  const drafted = draftFile(loaded, shared, substitution, {
    answers: new Map(),
    wanted: undefined,
  });
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
