import type { FileTemplate } from '../model/config/template.ts';
import { child, type Diagnostic, type Place } from '../model/errors/diagnostic.ts';
import type { Pipeline, Table } from '../model/config/pipeline.ts';
import { checkTree } from './bare-hyper.ts';
import { checkComposed } from './compose/check-compose.ts';
import { refusalOfName } from './template-file-name.ts';

/**
 * Checks a pipeline's template by its YAML alone: whether a generated one can be made, and without a template,
 * whether Tableau could make a data model of the bare .hyper.
 */
export function checkTemplate(pipeline: Pipeline): Diagnostic[] {
  const { template } = pipeline;
  if (template === undefined) return checkBare(pipeline);
  if (template.kind === 'file') return checkName(template);
  // Columns that only a source can supply are checked when they are known.
  if (!pipeline.tables.every(isWhole)) return [];
  return checkComposed(pipeline, template);
}

/** The file is not opened: a pipeline is valid before its template is there. */
function checkName({ shown, place }: FileTemplate): Diagnostic[] {
  const refusal = refusalOfName(shown);
  if (refusal === undefined) return [];
  return [{ code: 'EXT4000', severity: 'error', ...refusal, place: child(place, 'file') }];
}

function isWhole({ columnsFrom }: Table): boolean {
  return columnsFrom === undefined || columnsFrom.pinned !== undefined;
}

/**
 * Checks that the relationships form a tree, because Tableau Server refuses anything else. In a file this concerns
 * the reader who opens it, and an author who wrote no relationship at all is not surprised.
 */
function checkBare({ tables, relationships, destinations, place }: Pipeline): Diagnostic[] {
  if (destinations.length === 0) return [];
  const isPublished = destinations.some(({ type }: { type: string }) => type === 'tableau');
  const severity = isPublished ? 'error' : relationships.length > 0 ? 'warning' : 'note';
  const findings = checkTree(
    tables.map(({ name }) => name),
    relationships.map(({ from, to }) => ({ from: from.table, to: to.table })),
  );
  return findings.map((finding) => ({
    code: finding.code,
    severity,
    message: finding.message,
    hint: 'Tableau cannot publish such an extract by itself: relate the tables, or add a template',
    place: placeOf(finding.tables, tables, place),
  }));
}

function placeOf(names: readonly string[], tables: Pipeline['tables'], fallback: Place): Place {
  const table = tables.find(({ name }) => name === names[0]);
  return table === undefined ? fallback : { ...table.place, part: 'key' };
}
