import path from 'node:path';
import { generateSettings } from '../../config/write-generate.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { counted } from '../../model/base/numbers.ts';
import { visible } from '../../model/base/visible.ts';
import { UsageError } from '../../run/usage-error.ts';
import { describeTemplate } from '../../templates/describe-template.ts';
import { importTemplate, schemaOf } from '../../templates/import/import.ts';
import type { ReadSource } from '../../templates/read-source.ts';
import { isLive } from '../../templates/slot.ts';
import { readSourceFile } from '../../templates/source-file.ts';
import type { ImportContext } from '../context.ts';
import type { Found, FoundTable } from '../found.ts';
import { nameOfRowsSource, refuseOtherKinds, sourceOfRows, type RowsFrom } from '../rows-source.ts';
import { packagedColumns } from './packaged-columns.ts';
import { generatedTables, neededTables, unlistedColumns, type TablesContext } from './tables.ts';

/**
 * Reads the tables of a data source and its presentation. The pipeline generates a data source like it, or puts its extract into
 * the file as it is.
 */
export async function importDataSource(
  { file, dataSource }: { file: string; dataSource: string | undefined },
  rowsFrom: RowsFrom,
  context: ImportContext,
): Promise<Found> {
  await refuseOtherKinds(rowsFrom, context);
  const absolute = path.resolve(context.cwd, file);
  const template = await readSourceFile(absolute, file, dataSource);
  const description = describeTemplate(template);
  const refusal = whyNoTemplate(file, template);
  if (refusal !== undefined && !context.generatesTemplate)
    throw new UsageError(refusal, '--template generate makes a data source like it');
  const { listsColumns } = description;
  const { columnsOf, problem } = listsColumns
    ? { columnsOf: () => [] }
    : await packagedColumns(template, file, context);
  const tablesContext = { template, description, source: nameOfRowsSource(rowsFrom), columnsOf };
  const part = context.generatesTemplate
    ? generatedPart(tablesContext)
    : filePart(tablesContext, {
        file: pathFrom(context, absolute),
        ...(dataSource !== undefined && { datasource: dataSource }),
      });
  if (part.tables.length === 0)
    throw new UsageError(
      `${file} names no table of its extract`,
      'open it in Tableau Desktop and save it again',
    );
  const { writtenBy, fields } = description;
  const saved = writtenBy === undefined ? '' : `, saved by Tableau ${writtenBy}`;
  const { sources, toDo = [] } = sourceOfRows(rowsFrom, originComment(template));
  const unlisted = part.tables.filter(({ comments = [] }) => comments.includes(unlistedColumns));
  return {
    headline: `Read ${file} (${counted(fields.length, 'field')}${saved})`,
    sources,
    toDo: [...toDo, ...sourceItself(template), ...whatToWrite(unlisted, problem)],
    leftOut: [],
    relationships: [],
    ...part,
    ...(refusal !== undefined && { isNoTemplate: true }),
    ...(unlisted.some(({ columns }) => columns.length === 0) && { isIncomplete: true }),
  };
}

/** Returns why an extract cannot be put into the file; undefined if it can. */
function whyNoTemplate(file: string, { source, hyper }: ReadSource): string | undefined {
  return hyper.flavour === 'database' && !isLive(source)
    ? `${file} reads no table that an extract could replace`
    : undefined;
}

/** A live connection to PostgreSQL leads to the tables themselves, which have keys and NOT NULL. */
function sourceItself({ source, hyper }: ReadSource): string[] {
  const { named, class: own } = source.connection;
  const isPostgres =
    hyper.flavour === 'database' && [own, ...named.map((one) => one.class)].includes('postgres');
  return isPostgres
    ? [
        'It reads PostgreSQL live: extracts import postgres reads keys, NOT NULL and sizes from the database itself.',
      ]
    : [];
}

function whatToWrite(tables: readonly FoundTable[], problem: string | undefined): string[] {
  if (tables.length === 0) return [];
  const names = tables.map(({ name }) => visible(name)).join(', ');
  const why = problem === undefined ? '' : ` (${visible(problem)})`;
  return [`Write the columns of ${names}: the data source does not list them${why}.`];
}

type Part = Pick<Found, 'tables' | 'template'> &
  Partial<Pick<Found, 'relationships' | 'relationshipsFrom' | 'leftOut' | 'notCarriedOver' | 'extract'>>;

function generatedPart(context: TablesContext): Part {
  const { template, lost } = importTemplate(context.template);
  const tables = generatedTables(template, context);
  const has = (name: string) => tables.some((table) => table.name === name);
  return {
    tables,
    template: { generate: generateSettings(template) },
    relationships: template.relationships.filter(({ from, to }) => has(from.table) && has(to.table)),
    relationshipsFrom: 'the data source',
    leftOut: template.tables.flatMap(({ name }) =>
      has(name) ? [] : [`${name} (the file does not say which columns it has)`],
    ),
    notCarriedOver: lost,
    ...schemaSetting(template.schema),
  };
}

function filePart(context: TablesContext, template: Extract<Written.Template, { file: string }>): Part {
  const { fields } = context.description;
  const unplaced = fields.filter(({ origin }) => origin !== undefined && origin.table === undefined);
  return {
    tables: neededTables(context),
    template,
    leftOut: unplaced.map(({ name }) => `${name} (the file does not say which table it comes from)`),
    ...schemaSetting(schemaOf(context.description)),
  };
}

function schemaSetting(schema: string): Pick<Found, 'extract'> {
  return schema === 'Extract' ? {} : { extract: { schema } };
}

/** The path of the data source as the pipeline file names it. */
function pathFrom({ cwd, file }: ImportContext, absolute: string): string {
  const folder = path.resolve(cwd, path.dirname(file));
  return path.relative(folder, absolute).split(path.sep).join('/');
}

/** Names the connection that the extract was made from, for the comment at the source. */
function originComment({ source, hyper }: ReadSource): string {
  const named = source.connection.named.filter((one) => one.class !== 'hyper');
  if (hyper.flavour === 'live' || named.length === 0)
    return 'the data source reads a .hyper, which does not say where its rows come from';
  const shown = named.map(({ class: kind, caption }) =>
    caption === undefined || caption === '' ? kind : `${kind} (${caption})`,
  );
  const verb = hyper.flavour === 'database' ? 'the data source reads live from' : 'the extract was made from';
  return `${verb} ${shown.join(', ')}`;
}
