import { dirname } from 'node:path';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { configure, type Configuration, type ProjectContext } from './configuration.ts';
import { refusedConfiguration } from './project.ts';
import { findOthers, type FoundFiles } from './read/find.ts';
import { load, loadPolicy } from './read/load-files.ts';
import type { LoadedFile } from './read/loaded-file.ts';

/** Loads the files that were found, and derives the configuration from them and from texts that are not written yet. */
export async function readFound(
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
  return configure({ found, project, policy, files, others, diagnostics }, context, {
    answers: new Map(),
    wanted: context.wanted,
  });
}
