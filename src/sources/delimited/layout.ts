import { originPlace } from '../../model/config/origin-place.ts';
import { formatColumnType } from '../../model/config/column-type.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import { quotedVisible, visible } from '../../model/base/visible.ts';
import { ABSENT, bomLength, csvDialect, readHeaderRecord, type HeaderRecord } from '../csv/index.ts';
import { columnsCommand } from './columns-command.ts';
import { constantsOf, type Constant, type NamedFile } from './constants.ts';
import { isPage } from './foreign-content.ts';
import { nearMissHint, nearMissOf, oneFieldHint } from './header-hints.ts';
import { headerElsewhere } from './header-elsewhere.ts';
import { missingHint } from './missing-hint.ts';
import { peek } from './peek.ts';
import { hasRecordLine } from './text-lines.ts';
import { listedName, shortName } from '../../model/base/name-list.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** The mapping from the fields of one CSV file to the columns of the table. */
export interface Layout {
  /** Fields in every record of the file. */
  fields: number;
  /** The columns that come from fields, in the order of the table, and the field of each; `ABSENT`: it is NULL. */
  columns: readonly Column[];
  select: readonly number[];
  /** The columns that are the same in every row of the file. */
  constants: readonly Constant[];
  /** Names in the header that no column takes. */
  unusedColumns: readonly string[];
  /** Optional columns that the file lacks. */
  absent: readonly Column[];
  /** True if other lines precede the header or the first record, so that only our reader knows where it begins. */
  isPreceded: boolean;
  /** The file has no text at all, and its format allows that. */
  isEmpty: boolean;
  /** It has no records: all of its lines are passed over. */
  isPassedOver?: true;
  /** All names in the header; none without one. */
  header: readonly string[];
}

/** Returns the mapping from the fields of a text to columns: reads its beginning and no more. */
export async function readLayout(
  table: Table,
  format: CsvFormat,
  text: AsyncIterable<Buffer>,
  file: NamedFile,
): Promise<Layout | { problem: Diagnostic }> {
  if (format.type === 'csv') {
    return layOut(table, format, await readHeaderRecord(text, csvDialect(format)), file);
  }
  const { head, all } = await peek(text, 4);
  const isEmpty = head.length === bomLength(head, 0, head.length);
  const isPassedOver = !isEmpty && !(await hasRecordLine(all, format));
  return { ...layOutByPlace(table, file, format), isEmpty, ...(isPassedOver && { isPassedOver }) };
}

/** Maps fields by the names in the header, or by position; or returns why that is impossible. */
export function layOut(
  table: Table,
  format: CsvFormat,
  header: HeaderRecord,
  file: NamedFile,
): Layout | { problem: Diagnostic } {
  const { isPreceded, isEmpty, isPassedOver } = header;
  if (isEmpty || !namesColumns(format)) {
    const byPlace = layOutByPlace(table, file, format);
    return { ...byPlace, isPreceded, isEmpty, ...(isPassedOver && { isPassedOver }) };
  }
  const found = layOutByName(table, header, file, format);
  return 'problem' in found ? found : { ...found, isPreceded };
}

/** Returns true if the first record of a file names its columns. */
export function namesColumns(format: CsvFormat): boolean {
  return format.header && format.byPosition !== true;
}

function layOutByName(
  table: Table,
  { names: header, beginning }: HeaderRecord,
  file: NamedFile,
  format: CsvFormat,
): Layout | { problem: Diagnostic } {
  const { delimiter } = format;
  const columns: Column[] = [];
  const select: number[] = [];
  const absent: Column[] = [];
  const fieldColumns = columnsOfFields(table);
  const wantedNames = fieldColumns.map(nameInFile);
  for (const column of fieldColumns) {
    const name = nameInFile(column);
    const field = header.indexOf(name);
    const isMistaken = oneFieldHint(header, delimiter) !== undefined;
    if (field < 0 && column.optional === true && !isMistaken) {
      const found = nearMissOf(name, header, wantedNames);
      if (found !== undefined) return { problem: misspelt(column, found, file.shown) };
      absent.push(column);
      continue;
    }
    if (field < 0) {
      const elsewhere =
        beginning && headerElsewhere(beginning.toString(), format, requiredNames(fieldColumns));
      const hint =
        elsewhere ??
        oneFieldHint(header, delimiter) ??
        missingHint(column, header, wantedNames) +
          (file.isInside ? '' : ` ${columnsCommand('csv', column, file.shown)}`);
      return { problem: missing(column, header, file, hint) };
    }
    if (header.includes(name, field + 1)) return { problem: twice(column, name, file) };
    columns.push(column);
    select.push(field);
  }
  const taken = new Set(select);
  return {
    fields: header.length,
    columns,
    select,
    constants: constantsOf(table, file, format),
    unusedColumns: header.filter((_, index) => !taken.has(index)).map(listedName),
    absent,
    isPreceded: false,
    isEmpty: false,
    header,
  };
}

/** Returns true for types whose empty quoted field is an empty string; in all others it can only mean NULL. */
export function isText({ type }: Column): boolean {
  return ['text', 'varchar', 'char', 'json', 'bytes'].includes(type.kind);
}

/** Lays out a file without names: its fields are the columns, one by one. */
export function layOutByPlace(table: Table, file: NamedFile, format: CsvFormat): Layout {
  const columns = columnsOfFields(table);
  return {
    fields: columns.length,
    columns,
    select: columns.map((_, index) => index),
    constants: constantsOf(table, file, format),
    unusedColumns: [],
    absent: [],
    isPreceded: false,
    isEmpty: false,
    header: [],
  };
}

/** The same with all columns of the table that fields are for, in its order: those of absent fields too. */
export function withAbsent(layout: Layout, table: Table): Layout {
  if (layout.absent.length === 0) return layout;
  const columns = columnsOfFields(table);
  const select = columns.map((column) => layout.select[layout.columns.indexOf(column)] ?? ABSENT);
  return { ...layout, columns, select };
}

function columnsOfFields({ columns }: Table): Column[] {
  return columns.filter(({ origin }) => origin.kind === 'column');
}

/** Returns the name of the column in files. */
export function nameInFile({ name, origin }: Column): string {
  return origin.kind === 'column' ? origin.name : name;
}

function missing(
  column: Column,
  header: readonly string[],
  { shown }: { shown: string },
  hint: string,
): Diagnostic {
  const problem = { code: 'EXT2113', severity: 'error', place: originPlace(column) } as const;
  if (header.length === 0) {
    const remedy = 'its format passes over all of its lines: check skip_lines and comment';
    return { ...problem, message: `${shown} has no header`, hint: remedy };
  }
  if (isPage(header[0] ?? '')) {
    const remedy = 'get the file again: such a page mostly says why it was not sent';
    return { ...problem, code: 'EXT2110', message: `${shown} is a page of HTML, not CSV`, hint: remedy };
  }
  return { ...problem, message: `${shown} has no column ${quotedVisible(nameInFile(column))}`, hint };
}

/** A file has the name of an optional column in another spelling. */
export function misspelt(column: Column, found: string, shown: string): Diagnostic {
  return {
    code: 'EXT2113',
    severity: 'error',
    message: `${shown} has no column ${quotedVisible(nameInFile(column))}, but ${quotedVisible(shortName(found))}`,
    hint: nearMissHint(found),
    place: originPlace(column),
  };
}

function twice(column: Column, name: string, file: { shown: string }): Diagnostic {
  return {
    code: 'EXT2114',
    severity: 'error',
    message: `the header of ${file.shown} names ${quotedVisible(shortName(name))} twice`,
    hint: 'rename one of them in the file, or write header: skip and list all columns in order',
    place: column.place,
  };
}

/** Returns the names that every file must have. */
function requiredNames(columns: readonly Column[]): string[] {
  return columns.filter(({ optional }) => optional !== true).map(nameInFile);
}

/** `text not null` for messages. */
export function wanted({ type, notNull }: Column): string {
  return `${formatColumnType(type)}${notNull ? ' not null' : ''}`;
}

/** Instead of values of sensitive columns. */
export const MASK = '•••';

/** A value for messages: a long one is cut, one of a sensitive column is masked. */
export function quoted(value: string, column?: Column): string {
  if (column?.sensitive === true) return MASK;
  const shown = foreign(value);
  return visible(JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown));
}
