import type { TemplateTable } from '../../model/world/template-description.ts';
import { withoutObjectId } from '../../templates/object-id.ts';
import type { ReadSource } from '../../templates/read-source.ts';
import { parseCustomSql } from '../../templates/tds/custom-sql.ts';
import type { Relation } from '../../templates/tds/model.ts';
import { relationPart } from '../names.ts';

/** Where a table of a data source had its rows from. */
export interface TableOrigin {
  from: { table: string } | { query: string };
  /** The relation of the .tds that columns are traced to; undefined where there is not one. */
  relation?: string;
  /** A remark above the table. */
  comment?: string;
}

/** Kinds of connections whose schemas and SQL are those of PostgreSQL. */
const likePostgres = new Set(['postgres', 'greenplum', 'redshift']);

/** Returns the table or the query behind a table of the .hyper, as far as the data source says. */
export function originOf(table: TemplateTable, { source, hyper }: ReadSource): TableOrigin {
  const assumed = { from: { table: relationPart(withoutObjectId(table.name)) } };
  if (hyper.flavour === 'live') return assumed;
  const relation = originalRelation(table, { source, hyper });
  if (relation === undefined)
    return {
      ...assumed,
      comment: 'REVIEW: Tableau joined several tables into this one; write a query that does the same',
    };
  const kind = kindOf(relation, source);
  const isPostgres = likePostgres.has(kind);
  if (relation.kind === 'table')
    return { from: { table: tableText(relation, isPostgres) }, relation: relation.name };
  if (relation.type !== 'text')
    return {
      ...assumed,
      comment: `REVIEW: Tableau made this table as a ${relation.type}; write a query that does the same`,
    };
  const { sql, parameters } = parseCustomSql(relation.text);
  const remarks = [
    ...(isPostgres ? [] : [`written for ${kind === '' ? 'another database' : kind}`]),
    ...(parameters.length > 0
      ? [`give a value in the place of <[Parameters].[${parameters.join(']>, <[Parameters].[')}]>`]
      : []),
  ];
  return {
    from: { query: sql },
    relation: relation.name,
    ...(remarks.length > 0 && { comment: `REVIEW: custom SQL, ${remarks.join('; ')}` }),
  };
}

/** The kind of database that a relation is in; before Tableau 10 a data source had one connection. */
function kindOf({ connection }: Original, { connection: all }: ReadSource['source']): string {
  if (all.named.length === 0) return all.class;
  return all.named.find(({ name }) => name === connection)?.class ?? '';
}

type Original = Exclude<Relation, { kind: 'join' }>;

/** The relation that an extract's table is a copy of; undefined if it was joined of several. */
function originalRelation(
  table: TemplateTable,
  { source, hyper }: Pick<ReadSource, 'source' | 'hyper'>,
): Original | undefined {
  if (hyper.flavour === 'database')
    return hyper.relations.find(
      (relation): relation is Original => relation.kind !== 'join' && relation.name === table.relation,
    );
  // The .hyper itself is no named connection.
  const isOwn = ({ name, connection }: Original) =>
    connection === undefined && hyper.relations.some((own) => own.kind === 'table' && own.name === name);
  const object = source.objects.find(({ relations }) =>
    relations.some((relation) => relation.kind === 'table' && relation.name === table.relation),
  );
  const behind = object?.relations.filter((relation) => relation.kind === 'join' || !isOwn(relation)) ?? [];
  const candidates = behind.length > 0 ? behind : source.connection.relations;
  const [only, second] = candidates;
  if (only === undefined || only.kind === 'join') return undefined;
  // The tables of a union are behind it.
  const isUnion = only.kind === 'other' && only.type !== 'text' && behind.length > 0;
  return second === undefined || isUnion ? only : undefined;
}

/** Worksheets of Excel end in `$`; schemas of other databases say nothing of the one here. */
function tableText({ schema, table }: Extract<Relation, { kind: 'table' }>, isPostgres: boolean): string {
  if (isPostgres && schema !== undefined) return [schema, table].map(relationPart).join('.');
  return relationPart(withoutObjectId(table, 'database'));
}
