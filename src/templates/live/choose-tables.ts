import { withoutObjectId } from '../object-id.ts';
import { splitPath } from '../tds/brackets.ts';
import { attributeOf, childrenOf, withoutPrefix, type XmlElement } from '../tds/xml.ts';

/** Something that a live data source reads rows from: a table, custom SQL, a union. Joins and collections hold such. */
export interface RowsRelation {
  name: string;
  /** `table`, `text` (custom SQL), `union`, `stored-proc`, … */
  type: string;
  /** The path of a table, like `[public].[orders]`; the text of custom SQL. */
  what: string;
  connection: string | undefined;
}

/** Returns the relations with rows at or below an element, and the elements they were read from. */
export function rowsRelations(relation: XmlElement): { element: XmlElement; relation: RowsRelation }[] {
  const type = attributeAsWritten(relation, 'type') ?? 'table';
  if (type === 'collection' || type === 'join')
    return relation.children
      .filter(({ name }) => withoutPrefix(name) === 'relation')
      .flatMap((inner) => rowsRelations(inner));
  const name = attributeAsWritten(relation, 'name') ?? '';
  const table = attributeAsWritten(relation, 'table');
  return [
    {
      element: relation,
      relation: {
        name,
        type,
        what: table ?? relation.text,
        connection: attributeAsWritten(relation, 'connection'),
      },
    },
  ];
}

/** The value of an attribute under its plain name, or with the prefix of a feature. */
function attributeAsWritten(element: XmlElement, wanted: string): string | undefined {
  const name = [...element.attributes.keys()].find((key) => withoutPrefix(key) === wanted);
  return name === undefined ? undefined : attributeOf(element, name);
}

/**
 * Returns the table of the extract that takes the place of each relation: the one of its name, or of the name that the
 * table has in the database. Where there is none, it is a name that the extract would need; so is it where two
 * tables of different schemas would become one.
 */
export function chooseTables(
  relations: readonly RowsRelation[],
  tables: readonly { name: string }[],
): (relation: RowsRelation) => string {
  const exists = (name: string) => tables.some((table) => table.name === name);
  const chosen = new Map<string, string>();
  const taken = new Map<string, string>();
  const choose = (relation: RowsRelation, table: string) => {
    chosen.set(relation.name, table);
    taken.set(table, relation.what);
  };
  for (const relation of relations) if (exists(relation.name)) choose(relation, relation.name);
  for (const relation of relations) {
    if (chosen.has(relation.name)) continue;
    const isFree = (name: string) => (taken.get(name) ?? relation.what) === relation.what;
    const found = namesOf(relation).find((name) => exists(name) && isFree(name));
    const [written, plain = written] = namesOf(relation);
    const missing = [plain, written].find((name) => name !== undefined && !exists(name));
    choose(relation, found ?? missing ?? relation.name);
  }
  return ({ name }) => chosen.get(name) ?? name;
}

/** The names that a table of the extract may have: the likeliest first. */
function namesOf({ name, type, what }: RowsRelation): string[] {
  if (type !== 'table') return [name, withoutObjectId(name, 'database')];
  const table = splitPath(what)?.at(-1) ?? what;
  // A text file has its kind in its name: `orders#csv`.
  return [table, withoutObjectId(table, 'database'), table.replace(/#\w+$/, ''), name];
}

/** Returns every relation with rows in a connection and in the logical tables, each name once. */
export function allRelations(elements: readonly XmlElement[]): RowsRelation[] {
  const found = elements.flatMap((element) => rowsRelations(element)).map(({ relation }) => relation);
  return found.filter(({ name }, n) => found.findIndex((one) => one.name === name) === n);
}

/** Returns the relations directly in an element. */
export function relationsIn(element: XmlElement): XmlElement[] {
  return element.children.filter(({ name }) => withoutPrefix(name) === 'relation');
}

/** Returns the relations of the logical tables of a data source. */
export function relationsOfObjects(root: XmlElement): XmlElement[] {
  const graphs = root.children.filter(({ name }) => withoutPrefix(name) === 'object-graph');
  return graphs
    .flatMap((graph) => childrenOf(graph, 'objects'))
    .flatMap((objects) => childrenOf(objects, 'object'))
    .flatMap((object) => childrenOf(object, 'properties'))
    .flatMap(relationsIn);
}
