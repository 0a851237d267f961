import { readSourceText } from '../config/index.ts';
import type { Source } from '../model/config/source.ts';
import type * as Written from '../model/config/written.gen.ts';
import { keepSecret } from '../model/errors/secrets.ts';
import type { RunContext } from '../run/context.ts';
import { UsageError } from '../run/usage-error.ts';
import type { Found } from './found.ts';
import { writePipeline } from './write/pipeline.ts';

/** Everything that a reader knows of its surroundings. */
export interface ImportContext extends Omit<RunContext, 'notice'> {
  /** The pipeline file that will be written, as the user would write it: paths in it are relative to its folder. */
  file: string;
  /** A data source is generated: columns have types that Tableau shows. */
  generatesTemplate: boolean;
}

/** Reads what is at a source, for a pipeline file. */
export type Reader = (context: ImportContext) => Promise<Found>;

/** Returns a source as a pipeline would use it: connections looked up, references replaced, paths absolute. */
export async function resolveSource(
  name: string,
  definition: Written.Source,
  context: ImportContext,
): Promise<Source> {
  const read = await readSource(name, definition, { ...context, unsetVariables: 'error' });
  if (read.source !== undefined) return read.source;
  const [problem] = read.diagnostics;
  throw new UsageError(problem?.message ?? `the source ${name} cannot be used`, problem?.hint);
}

/** Returns the kind of a source, whose variables need not be set; undefined if it has other faults. */
export async function kindOfSource(
  definition: Written.Source,
  context: ImportContext,
): Promise<Source['type'] | undefined> {
  const { source } = await readSource('import', definition, { ...context, unsetVariables: 'warning' });
  return source?.type;
}

function readSource(
  name: string,
  definition: Written.Source,
  { file, cwd, variables, unsetVariables }: ImportContext & { unsetVariables: 'error' | 'warning' },
): ReturnType<typeof readSourceText> {
  const found: Found = {
    headline: '',
    sources: [{ name, definition }],
    tables: [{ name, from: { source: name }, columns: [{ name: 'a', settings: { type: 'text' } }] }],
    relationships: [],
    leftOut: [],
  };
  const text = writePipeline(found, { name: 'import' });
  return readSourceText(
    file,
    { text, name },
    { cwd, env: variables, registerSecret: keepSecret, unsetVariables },
  );
}
