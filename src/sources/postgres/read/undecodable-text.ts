import type pg from 'pg';
import { child } from '../../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { writtenSql } from '../sql/column.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import type { Selection } from '../sql/selection.ts';
import { findSampleRows, type Suspect } from './sample-rows.ts';

/** `character_not_in_repertoire` and `untranslatable_character`: text that has no form in UTF-8. */
export const isBadText = (error: unknown): error is pg.DatabaseError =>
  isDatabaseError(error) && (error.code === '22021' || error.code === '22P05');

/**
 * Explains text that is not UTF-8: PostgreSQL sent it, and says neither where nor in which column. A database of
 * encoding SQL_ASCII keeps all bytes that it was given, so its rows can be queried for those that are not UTF-8.
 */
export async function explainBadText(
  error: pg.DatabaseError,
  table: Table,
  selection: Selection,
  connect: () => Promise<pg.Client>,
): Promise<RunError> {
  const suspects = selection.columns.flatMap((column, index) =>
    texts.includes(column.type.kind) ? [suspectOf(column, selection.items[index] ?? '')] : [],
  );
  const sampleRows = await findSampleRows(table, selection, suspects, connect);
  const column = sampleRows?.suspect.column;
  return new RunError(
    'EXT2003',
    `${table.name}${column === undefined ? '' : `.${column.name}`}: a text is not UTF-8: ${error.message}` +
      (sampleRows === undefined ? '' : `; for example ${sampleRows.rows.join(' and ')}`),
    {
      hint: sampleRows?.hint ?? 'convert the text with expr:, or leave the row out with where:',
      place: column?.place ?? child(table.place, 'columns'),
      cause: error,
    },
  );
}

const texts: readonly Column['type']['kind'][] = ['text', 'varchar', 'char', 'json', 'geography'];

function suspectOf(column: Column, item: string): Suspect {
  const bytes = (sql: string) => `convert_to((${sql})::pg_catalog.text, 'SQL_ASCII')`;
  const written = writtenSql(column);
  return {
    column,
    item,
    sign: `encode(${bytes(item)}, 'hex') !~ '${utf8Hex}'`,
    shown: `encode(${bytes(item)}, 'escape')`,
    // convert_from alone would not do: into a database of this encoding it converts nothing.
    hint: `if all of it is Latin-1, write expr: "convert_from(convert(convert_to(${written}, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8')"`,
  };
}

/** Well-formed UTF-8 (the Unicode Standard, table 3-7) as hexadecimal digits. */
const any = '[0-9a-f]';
const following = `[89ab]${any}`;
const utf8Hex = `^(${[
  `[0-7]${any}`,
  `(c[2-9a-f]|d${any})${following}`,
  `e0[ab]${any}${following}`,
  `e[1-9a-cef](${following}){2}`,
  `ed[89]${any}${following}`,
  `f0[9ab]${any}(${following}){2}`,
  `f[1-3](${following}){3}`,
  `f48${any}(${following}){2}`,
].join('|')})*$`;
