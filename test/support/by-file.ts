import type { TableChanges } from '../../src/model/plan/row-changes.ts';
import type { FileLoad } from '../../src/model/config/load-mode.ts';
import type { Table } from '../../src/model/config/pipeline.ts';
import type { ExtractPort } from '../../src/model/ports/extract-port.ts';
import { column } from './pipelines.ts';

/** Returns the same table in load mode by file, with a template for `File`. */
export function byFile(table: Table, template: string, onVanished: FileLoad['onVanished'] = 'keep'): Table {
  const place = { file: 'sales.yaml', pointer: '/tables/sales/load' };
  return {
    ...table,
    columns: [...table.columns, column('File', 'text', { origin: { kind: 'file', template } })],
    load: { kind: 'files', place, column: 'File', onVanished },
  };
}

/** The names whose rows are deleted, as the bytes say them. */
export async function goneBytes({ deletedKeys: gone }: TableChanges): Promise<string> {
  if (gone === undefined) return '';
  const [part, ...others] = gone.feed.parts;
  if (part?.kind !== 'stream' || others.length > 0) throw new Error('not one stream');
  const stream = await part.open(new AbortController().signal);
  const chunks: Buffer[] = [];
  for await (const chunk of stream.bytes) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const { format, columns } = part;
  const seen = { format, columns, rows: stream.rows(), taken: stream.taken?.() };
  const wanted = {
    format: { type: 'text' },
    columns: gone.columns,
    rows: text.split('\n').length - 1,
    taken: 0,
  };
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(seen));
  return text;
}

type Rows = (string | null)[][];

/** Returns the content of an extract with these rows after the changes, each feed read by hyperd. */
export async function applied(
  extracts: ExtractPort,
  table: Table,
  rows: Rows,
  { deletedKeys: gone, rows: feed }: TableChanges,
): Promise<Rows> {
  const { signal } = new AbortController();
  const at = table.columns.findIndex(({ name }) => name === 'File');
  const one = { ...table, columns: table.columns.slice(at, at + 1) };
  const names = gone === undefined ? [] : await extracts.preview(one, gone.feed, 1_000_000, signal);
  const deleted = new Set(names.map(([name]) => name));
  const stay = rows.filter((row) => !deleted.has(row[at] ?? null));
  return [...stay, ...(await extracts.preview(table, feed, 1_000_000, signal))];
}

export const sorted = (rows: Rows) => rows.map((row) => JSON.stringify(row)).sort();
