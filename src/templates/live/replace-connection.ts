import { escapeAttribute, editText, type TextEdit } from '../tds/edit.ts';
import { bracket, unbracket } from '../tds/brackets.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  parseAsWritten,
  withoutPrefix,
  type XmlElement,
} from '../tds/xml.ts';
import { columnShape } from '../local-types.ts';
import type { ExtractShape } from '../fit-finding.ts';
import { hyperConnection } from '../generate/connection.ts';
import { connectionId } from '../generate/ids.ts';
import { render } from '../generate/xml.ts';
import {
  allRelations,
  chooseTables,
  relationsIn,
  relationsOfObjects,
  rowsRelations,
  type RowsRelation,
} from './choose-tables.ts';

/** A live data source whose connection was replaced by that of an extract. */
export interface Rewritten {
  text: string;
  /** Everything that had rows, and the table that has them now. */
  tables: readonly { relation: RowsRelation; table: string }[];
}

/**
 * Puts the connection to a .hyper in the place of the connection of a live data source. Fields, calculations, joins and
 * relationships name relations by their own names, which stay: only what a relation reads changes. Every other
 * character of the document stays as it is.
 */
export function replaceConnection(
  text: string,
  shown: string,
  { name, shape }: { name: string; shape: ExtractShape },
): Rewritten {
  const root = parseAsWritten(text, shown);
  const connection = childOf(root, 'connection');
  if (connection === undefined) throw new Error('a data source has a connection');
  const outer = [...relationsIn(connection), ...relationsOfObjects(root)];
  const relations = allRelations(outer);
  const tableOf = chooseTables(relations, shape.tables);
  const id = connectionId('hyper', name);
  const edits = [
    ...connectionEdits(text, connection, name),
    ...outer.flatMap(rowsRelations).map(({ element, relation }): TextEdit => {
      const table = `${bracket(shape.schema)}.${bracket(tableOf(relation))}`;
      const attributes = Object.entries({ connection: id, name: relation.name, table, type: 'table' });
      const written = attributes.map(([key, value]) => ` ${key}='${escapeAttribute(value)}'`).join('');
      return { ...rangeOf(element), text: `<${element.name}${written} />` };
    }),
    ...childrenOf(childOf(connection, 'metadata-records'), 'metadata-record').flatMap((record) =>
      recordEdits(text, record, { relations, tableOf, shape }),
    ),
  ];
  return {
    text: editText(text, edits),
    tables: relations.map((relation) => ({ relation, table: tableOf(relation) })),
  };
}

const rangeOf = ({ start, end }: XmlElement) => ({ start, end });

/** Children of a connection that one to a .hyper keeps. */
const kept = new Set(['named-connections', 'relation', 'cols', 'metadata-records']);

function connectionEdits(text: string, connection: XmlElement, name: string): TextEdit[] {
  const indent = `${indentOf(text, connection)}  `;
  const named = childOf(connection, 'named-connections');
  const hyper = render(hyperConnection(name), indent).trim();
  const others = connection.children.filter((child) => !kept.has(withoutPrefix(child.name)));
  // Before Tableau 10 the one connection of a data source had no other inside.
  const isFederated = attributeOf(connection, 'class') === 'federated';
  const start = { start: connection.start, end: connection.startTagEnd };
  const first = named === undefined ? `\n${indent}${hyper}` : '';
  return [
    ...(isFederated && named !== undefined
      ? []
      : [{ ...start, text: `<connection class='federated'>${first}` }]),
    ...(named === undefined ? [] : [{ ...rangeOf(named), text: hyper }]),
    ...others.map((child) => removal(text, child)),
  ];
}

interface Known {
  relations: readonly RowsRelation[];
  tableOf: (relation: RowsRelation) => string;
  shape: ExtractShape;
}

/** A column is described as the extract has it; what a record says of the database's own types goes. */
function recordEdits(text: string, record: XmlElement, { relations, tableOf, shape }: Known): TextEdit[] {
  // What the database can do is recorded there, too.
  if (attributeOf(record, 'class') !== 'column') return [removal(text, record)];
  const parent = unbracket(childOf(record, 'parent-name')?.text.trim() ?? '');
  const relation = relations.find((one) => one.name === parent);
  const table = shape.tables.find(({ name }) => relation !== undefined && name === tableOf(relation));
  const column = table?.columns.find(({ name }) => name === childOf(record, 'remote-name')?.text);
  const now = column && columnShape(column.type);
  const remoteType = childOf(record, 'remote-type');
  const isSame = now?.localType === childOf(record, 'local-type')?.text.trim();
  return [
    ...childrenOf(record, 'attributes').map((attributes) => removal(text, attributes)),
    ...(now === undefined || remoteType === undefined || !isSame
      ? []
      : [{ ...rangeOf(remoteType), text: `<remote-type>${now.remoteType}</remote-type>` }]),
  ];
}

/** Removes an element together with the line break and the indentation before it. */
function removal(text: string, { start, end }: XmlElement): TextEdit {
  const before = /(?:\r?\n)?[ \t]*$/.exec(text.slice(Math.max(0, start - 200), start))?.[0].length ?? 0;
  return { start: start - before, end, text: '' };
}

function indentOf(text: string, { start }: XmlElement): string {
  return /[ \t]*$/.exec(text.slice(Math.max(0, start - 200), start))?.[0] ?? '';
}
