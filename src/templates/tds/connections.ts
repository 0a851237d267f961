import type { Connection, MetadataRecord, NamedConnection, Relation } from './model.ts';
import { splitPath, unbracket } from './brackets.ts';
import { attributeOf, childOf, childrenOf, descendantsOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** Reads a data source's or an extract's `connection`. */
export function parseConnection(element: XmlElement): Connection {
  return {
    class: attributeOf(element, 'class') ?? '',
    named: childrenOf(childOf(element, 'named-connections'), 'named-connection').map(parseNamed),
    dbname: element.attributes.get('dbname'),
    server: attributeOf(element, 'server'),
    incrementKey: unbracket(attributeOf(childOf(element, 'refresh'), 'increment-key') ?? '') || undefined,
    relations: childrenOf(element, 'relation').flatMap(parseRelation),
    cols: childrenOf(childOf(element, 'cols'), 'map').flatMap(parseMap),
    records: childrenOf(childOf(element, 'metadata-records'), 'metadata-record')
      .filter((record) => attributeOf(record, 'class') === 'column' && isField(record))
      .map(parseRecord),
  };
}

/** A relation with all that is inside it: collections and joins hold further relations. */
export function parseRelation(element: XmlElement): Relation[] {
  const type = attributeOf(element, 'type') ?? '';
  const name = attributeOf(element, 'name') ?? '';
  const connection = attributeOf(element, 'connection');
  const inner = childrenOf(element, 'relation').flatMap(parseRelation);
  switch (type) {
    case 'table': {
      const path = splitPath(attributeOf(element, 'table') ?? '') ?? [attributeOf(element, 'table') ?? ''];
      return [{ kind: 'table', name, connection, schema: path.at(-2), table: path.at(-1) ?? '' }];
    }
    case 'collection':
      return inner;
    case 'join':
      return [{ kind: 'join', columns: joinColumns(element) }, ...inner];
    default:
      return [{ kind: 'other', name, type, connection, text: element.text }, ...inner];
  }
}

function joinColumns(join: XmlElement): { relation: string; column: string }[] {
  return childrenOf(join, 'clause')
    .flatMap((clause) => descendantsOf(clause))
    .flatMap((expression) => {
      const [relation, column, ...rest] = splitPath(attributeOf(expression, 'op') ?? '') ?? [];
      return relation === undefined || column === undefined || rest.length > 0 ? [] : [{ relation, column }];
    });
}

function parseNamed(element: XmlElement): NamedConnection {
  const connection = childOf(element, 'connection');
  return {
    name: attributeOf(element, 'name') ?? '',
    caption: attributeOf(element, 'caption'),
    class: attributeOf(connection, 'class') ?? '',
    dbname: connection?.attributes.get('dbname'),
    server: attributeOf(connection, 'server'),
  };
}

function parseMap(element: XmlElement): { field: string; relation: string; column: string }[] {
  const [relation, column] = splitPath(attributeOf(element, 'value') ?? '') ?? [];
  if (relation === undefined || column === undefined) return [];
  return [{ field: unbracket(attributeOf(element, 'key') ?? ''), relation, column }];
}

/** A column whose type Tableau does not read (`datetimeoffset` of SQL Server) has a record, and is no field. */
function isField(record: XmlElement): boolean {
  return childOf(record, 'local-name') !== undefined || childOf(record, 'local-type') !== undefined;
}

function parseRecord(element: XmlElement): MetadataRecord {
  const text = (name: string) => childOf(element, name)?.text.trim();
  const number = (name: string) => {
    const value = text(name);
    return value === undefined || value === '' ? undefined : Number(value);
  };
  // Names may begin or end with a space; only their brackets show where.
  const remoteName = childOf(element, 'remote-name')?.text ?? '';
  const objectId = text('object-id');
  return {
    remoteName,
    remoteType: text('remote-type'),
    localName: unbracket(text('local-name') ?? remoteName),
    parent: unbracket(text('parent-name') ?? ''),
    localType: text('local-type'),
    precision: number('precision'),
    scale: number('scale'),
    width: number('width'),
    objectId: objectId === undefined ? undefined : unbracket(objectId),
  };
}
