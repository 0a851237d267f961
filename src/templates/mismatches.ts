import type { Place } from '../model/errors/diagnostic.ts';
import { child } from '../model/errors/diagnostic.ts';
import type { Misfit } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { FileTemplate } from '../model/config/template.ts';
import { describeTemplate } from './describe-template.ts';
import { parameterFindings, remedyFor } from './live/replacement.ts';
import { checkFit } from './match.ts';
import type { ReadSource } from './read-source.ts';
import type { Template } from './template.ts';
import type { Finding } from './fit-finding.ts';
import { columnShape } from './local-types.ts';

/** A data source, and the live connection that the extract replaces in it. */
type Compared = ReadSource & Pick<Template, 'replaced'>;

/** Returns where the extract that a pipeline promises would not match its template, at the columns to check. */
export function findMismatches(pipeline: Pipeline, wanted: FileTemplate, template: Compared): Misfit[] {
  const { extract, tables } = pipeline;
  const { replaced } = template;
  const findings = [
    ...checkFit(describeTemplate(template), { schema: extract.schema, tables }),
    ...(replaced === undefined ? [] : parameterFindings(replaced)),
  ];
  return findings.map((finding) => ({
    code: finding.code,
    identity: identityOf(finding, pipeline),
    severity: finding.severity,
    message: finding.message,
    ...(finding.severity === 'error' && { hint: remedy(finding, wanted, template) }),
    place: placeOf(finding, pipeline) ?? child(wanted.place, 'file'),
  }));
}

/** A column that becomes yet another type does not fit in another way. */
function identityOf({ code, table, column, field }: Finding, { tables }: Pipeline): string {
  if (column === undefined) return `${code} ${table}`;
  const found = tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === column);
  return [
    `${code} ${table}.${column}`,
    ...(field === undefined || field.name === column ? [] : [`[${field.name}]`]),
    ...(found === undefined ? [] : [columnShape(found.type)?.localType ?? 'no type']),
  ].join(' ');
}

function remedy({ code, table }: Finding, { shown }: FileTemplate, { replaced }: Compared): string {
  const missing = replaced === undefined ? 'name table and schema so' : remedyFor(table, replaced);
  const change = code === 'EXT4301' && missing !== undefined ? missing : 'change the pipeline';
  return `${change}, or the template ${shown}; --allow-misfit applies it all the same`;
}

/** The column itself, the one that was probably meant, or the table; undefined where the YAML has none of them. */
function placeOf({ code, table, column, nearest }: Finding, { tables }: Pipeline): Place | undefined {
  const isMissing = code === 'EXT4301';
  const found = tables.find(({ name }) => name === (isMissing ? nearest : table));
  if (isMissing || column === undefined) return found && { ...found.place, part: 'key' };
  const exact = found?.columns.find(({ name }) => name === column);
  if (exact !== undefined) return exact.place;
  const near = found?.columns.find(({ name }) => name === nearest);
  return near && { ...near.place, part: 'key' };
}
