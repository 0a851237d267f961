import path from 'node:path';
import { readPipelineText, type Configuration } from '../config/index.ts';
import { keepSecret } from '../model/errors/secrets.ts';
import { checkTemplate } from '../templates/check-template.ts';
import { UsageError } from '../run/usage-error.ts';
import type { ImportContext } from './context.ts';
import { destinationOf, type DeliverTo } from './destination.ts';
import type { Found } from './found.ts';
import { settleRelationships } from './settle-relationships.ts';
import { writePipeline } from './write/pipeline.ts';

export interface PipelineOptions {
  name: string;
  /** The command that made the file, for the comment above it. */
  header: readonly string[];
  to: DeliverTo | undefined;
}

/** The text of a pipeline, what it was made of, and how it reads. */
export interface MadePipeline {
  text: string;
  found: Found;
  configuration: Configuration;
}

/**
 * Makes the pipeline of what was found, and reads it as `plan` would: errors in its configuration are those of the text.
 * Nothing is written.
 */
export async function makePipeline(
  found: Found,
  { name, header, to }: PipelineOptions,
  context: ImportContext,
): Promise<MadePipeline> {
  const { file, cwd, variables, generatesTemplate } = context;
  const folder = path.resolve(cwd, path.dirname(file));
  const { kept, leftOut, apart } = settleRelationships(found, { generatesTemplate });
  const isBarePublished = to?.kind === 'tableau' && found.template === undefined;
  if (apart.length > 0 && (generatesTemplate || isBarePublished)) throw unrelated(apart, found);
  const whole: Found = {
    ...found,
    relationships: kept,
    leftOut: [...found.leftOut, ...leftOut],
    ...(generatesTemplate && { template: found.template ?? { generate: {} } }),
  };
  const text = writePipeline(whole, {
    name,
    header,
    ...(to && {
      destinations: [destinationOf(to, { name, template: whole.template }, { folder, cwd })],
    }),
  });
  const configuration = await readPipelineText(file, text, {
    cwd,
    env: variables,
    registerSecret: keepSecret,
    unsetVariables: 'warning',
  });
  const diagnostics = [...configuration.diagnostics, ...configuration.pipelines.flatMap(checkTemplate)];
  return { text, found: whole, configuration: { ...configuration, diagnostics } };
}

/** Tableau Server refuses a data model whose tables are not all related. */
function unrelated(apart: readonly string[], { tables, template }: Found): UsageError {
  const names = apart.map((name) => `"${name}"`).join(', ');
  return new UsageError(
    `no relationship joins ${names} with "${tables[0]?.name ?? ''}", and a data source in Tableau needs all tables related`,
    template === undefined
      ? 'import related tables only, or leave out --template and --to tableau and write the relationships yourself'
      : '--template file keeps the data source as it is',
  );
}
