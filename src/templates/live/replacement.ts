import type { TemplateOrigin } from '../../model/world/template-description.ts';
import type { ReplacedConnection } from '../../model/world/observation.ts';
import type { Finding } from '../fit-finding.ts';
import { splitPath } from '../tds/brackets.ts';
import { parseCustomSql } from '../tds/custom-sql.ts';
import type { RowsRelation } from './choose-tables.ts';
import type { Rewritten } from './replace-connection.ts';

/** The live connection that an extract replaces, and what takes the place of its tables. */
export interface Replacement extends Pick<Rewritten, 'tables'> {
  origin: TemplateOrigin;
}

/** Returns what a plan lists of a replacement. */
export function replacedConnection({ origin, tables }: Replacement): ReplacedConnection {
  return {
    connections: origin.connections.map(({ class: kind, server, database }) => {
      const where = [server, database].filter((part) => part !== undefined).join('/');
      return where === '' ? kind : `${kind} ${where}`;
    }),
    tables: tables.map(({ relation, table }) => ({ from: shownRelation(relation), to: table })),
  };
}

function shownRelation({ name, type, what }: RowsRelation): string {
  if (type === 'table') return splitPath(what)?.join('.') ?? what;
  return `${type === 'text' ? 'custom SQL' : type} "${name}"`;
}

/** Custom SQL with a parameter read other rows with every value of it; an extract has the same rows always. */
export function parameterFindings({ tables }: Replacement): Finding[] {
  return tables.flatMap(({ relation, table }): Finding[] => {
    if (relation.type !== 'text') return [];
    const [parameter] = parseCustomSql(relation.what).parameters;
    if (parameter === undefined) return [];
    const message = `custom SQL "${relation.name}" of the template depends on the parameter "${parameter}"; table "${table}" of the extract has the same rows whatever its value is`;
    return [{ severity: 'warning', code: 'EXT4314', table, uses: [], message }];
  });
}

/** Returns how to make a table that the live data source read and the extract lacks; undefined if it is none of those. */
export function remedyFor(missing: string, { tables }: Replacement): string | undefined {
  const found = tables.find(({ table }) => table === missing);
  if (found === undefined) return undefined;
  const { type, name } = found.relation;
  const wanted = `add a table "${missing}" to the pipeline`;
  if (type === 'text') return `${wanted}, with the custom SQL "${name}" as its query`;
  return type === 'table' ? wanted : `${wanted}, with a query that makes the ${type} "${name}"`;
}
