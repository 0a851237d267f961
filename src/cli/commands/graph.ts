import type { Graph } from '../../model/plan/graph.ts';
import { graphOfPipelines } from '../../plan/pipeline-graph.ts';
import { renderDot } from '../../render/graph/dot.ts';
import { renderMermaid } from '../../render/graph/mermaid.ts';
import { renderGraphText } from '../../render/graph/text.ts';
import { showDiagnostics } from '../output/diagnostics.ts';
import { hasErrors } from '../../model/errors/diagnostic.ts';
import { readFiles } from '../run-context.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';

export type GraphFormat = 'text' | 'mermaid' | 'dot';

const renderers: Record<GraphFormat, (graph: Graph) => string> = {
  text: renderGraphText,
  mermaid: renderMermaid,
  dot: renderDot,
};

/** `extracts graph`: where data comes from and where it goes, from the files alone. */
export async function graph(
  paths: readonly string[],
  { format }: { format: GraphFormat },
  env: Env,
): Promise<ExitCode> {
  const configuration = await readFiles(paths, { unsetVariables: 'warning' }, env);
  // A drawing needs no variables, so only errors are reported.
  const errors = configuration.diagnostics.filter(({ severity }) => severity === 'error');
  showDiagnostics(errors, configuration, env);
  if (hasErrors(configuration.diagnostics)) return exitCodes.configuration;
  env.out(renderers[format](graphOfPipelines(configuration.pipelines)));
  return exitCodes.done;
}
