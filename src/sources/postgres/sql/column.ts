import pg from 'pg';
import type { Column, Table } from '../../../model/config/pipeline.ts';

/** The SQL of a column as the source has it, before it is guarded and converted. */
export function sourceSql({ name, origin }: Column): string {
  if (origin.kind === 'file') throw new Error(`column ${name} of a file came to the postgres source`);
  return origin.kind === 'column' ? pg.escapeIdentifier(origin.name) : bracketed(origin.sql);
}

/** Puts an expression in brackets, the closing one on a new line, since an expression may end in a comment. */
export const bracketed = (sql: string) => `(${sql}\n)`;

/** The same as people write it in `expr:`. */
export function writtenSql({ name, origin }: Column): string {
  if (origin.kind === 'column') return readable(origin.name);
  return origin.kind === 'expression' ? origin.sql : name;
}

/** Quoted only where it must be. */
export const readable = (name: string) =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : pg.escapeIdentifier(name);

/** SQL for what identifies a row: `id = 17, year = 2024`, with sensitive values masked; undefined without a key. */
export function keyLabel(
  { columns, primaryKey }: Pick<Table, 'columns' | 'primaryKey'>,
  sqlOf: (column: Column) => string = sourceSql,
): string | undefined {
  const parts = primaryKey.flatMap((key) => {
    const column = columns.find(({ name }) => name === key);
    if (column === undefined) return [];
    const name = pg.escapeLiteral(`${key} = `).trim();
    return [
      `${name} || ${column.sensitive === true ? `'•••'` : `coalesce((${sqlOf(column)})::pg_catalog.text, 'NULL')`}`,
    ];
  });
  return parts.length === 0 ? undefined : parts.join(" || ', ' || ");
}
