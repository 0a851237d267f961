import { Composer, Document, isMap, isScalar, Parser, type YAMLMap } from 'yaml';
import { visibleYaml } from '../../model/base/visible.ts';
import type { FoundColumn, FoundTable } from '../found.ts';
import { columnsNode } from './columns.ts';

/** Columns that were added to a table of the file. */
export interface AddedColumns {
  table: string;
  columns: readonly string[];
}

/** The text with the added columns. A table that cannot be changed has a reason. */
export interface UpdatedText {
  text: string;
  added: readonly AddedColumns[];
  unchanged: readonly { table: string; reason: string }[];
}

/** The facts of a pipeline file that an import needs in order to add to it. */
export interface ExistingPipeline {
  generatesTemplate: boolean;
  /** Returns the name that the file has for a table that was found; undefined if the file has no such table. */
  tableNames: (table: FoundTable) => string | undefined;
}

export function readExisting(text: string): ExistingPipeline {
  const document = compose(text);
  const tables = document?.get('tables');
  const written = isMap(tables) ? tables.items : [];
  return {
    generatesTemplate: document?.hasIn(['template', 'generate']) === true,
    tableNames: ({ name, from, isFromAssumed }) => {
      const names = written.map(({ key }) => String(isScalar(key) ? key.value : key));
      const table = from.table?.replaceAll('${', () => '$${');
      const index = written.findIndex(({ value }) => {
        const other: unknown = isMap(value) ? value.getIn(['from', 'table']) : undefined;
        return table !== undefined && (other === table || other === table.replace(/^[^."]+\./, ''));
      });
      if (index !== -1) return names[index];
      return (table === undefined || isFromAssumed === true) && names.includes(name) ? name : undefined;
    },
  };
}

function compose(text: string): Document | undefined {
  const [document] = new Composer().compose(new Parser().parse(text), true, text.length);
  return document;
}

/**
 * Adds the columns of these tables that the file lacks, at the end of `columns`, and leaves every other byte as it is. Tables are
 * found by their names in the file; a column is known by its name or by the name in `from`.
 */
export function addColumns(text: string, tables: readonly FoundTable[]): UpdatedText {
  const document = compose(text);
  const edits: { at: number; insert: string }[] = [];
  const added: AddedColumns[] = [];
  const unchanged: { table: string; reason: string }[] = [];
  for (const { name, columns } of tables) {
    const node = document?.getIn(['tables', name, 'columns']);
    if (!isMap(node)) {
      unchanged.push({ table: name, reason: 'the file writes no columns for it' });
      continue;
    }
    const known = knownColumns(node);
    const missing = columns.filter((column) => !known.has(column.name));
    if (missing.length === 0) continue;
    const edit = editOf(text, node, missing);
    if (edit === undefined) unchanged.push({ table: name, reason: 'its columns are an alias or empty' });
    else {
      edits.push(edit);
      added.push({ table: name, columns: missing.map((column) => column.name) });
    }
  }
  const updated = edits
    .toSorted((one, other) => other.at - one.at)
    .reduce((whole, { at, insert }) => whole.slice(0, at) + insert + whole.slice(at), text);
  return { text: updated, added, unchanged };
}

/** The names of columns in the source that a map of columns uses. */
function knownColumns(columns: YAMLMap): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { key, value } of columns.items) {
    names.add(String(isScalar(key) ? key.value : key));
    const from: unknown = isMap(value) ? value.get('from') : undefined;
    if (typeof from === 'string') names.add(from.replaceAll('$${', () => '${'));
  }
  return names;
}

/** Inserts into a map in braces before its end, and into any other below its last line. */
function editOf(
  text: string,
  node: YAMLMap,
  columns: readonly FoundColumn[],
): { at: number; insert: string } | undefined {
  const last = node.items.at(-1);
  const lastEnd = rangeOf(last?.value)?.[1] ?? rangeOf(last?.key)?.[1];
  const firstStart = rangeOf(node.items[0]?.key)?.[0];
  if (lastEnd === undefined || firstStart === undefined) return undefined;
  if (node.flow === true) return { at: lastEnd, insert: `, ${flowText(columns)}` };
  const indent = text.slice(text.lastIndexOf('\n', firstStart - 1) + 1, firstStart);
  if (indent.trim() !== '') return undefined;
  const lineEnd = text.indexOf('\n', Math.max(lastEnd - 1, 0));
  const lines = blockText(columns)
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}`)
    .join('\n');
  return lineEnd === -1 ? { at: text.length, insert: `\n${lines}\n` } : { at: lineEnd, insert: `\n${lines}` };
}

function rangeOf(node: unknown): [number, number, number] | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range ?? undefined;
}

const style = { lineWidth: 0, flowCollectionPadding: false, singleQuote: true } as const;

function blockText(columns: readonly FoundColumn[]): string {
  return visibleYaml(new Document(columnsNode(columns)).toString(style));
}

/** In braces there is no place for comments. */
function flowText(columns: readonly FoundColumn[]): string {
  const node = columnsNode(columns.map(({ name, settings }) => ({ name, settings })));
  node.flow = true;
  return visibleYaml(new Document(node).toString(style))
    .trim()
    .replace(/^\{\s*|\s*\}$/g, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/,$/, '');
}
