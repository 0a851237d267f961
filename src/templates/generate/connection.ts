import { columnShape } from '../local-types.ts';
import { fileName } from '../slot.ts';
import { bracket } from '../tds/brackets.ts';
import type { ColumnField, Fields } from './fields.ts';
import { connectionId, objectId } from './ids.ts';
import type { GeneratedTable, GeneratedTemplate } from '../../model/config/data-source.ts';
import type { Tags } from './spelling.ts';
import { element } from './xml.ts';
import type { Node } from './xml.ts';

/** The connection: the .hyper, its tables, and its columns as Tableau would find them. */
export function connectionNode(
  template: GeneratedTemplate,
  tables: readonly GeneratedTable[],
  fields: Fields,
  tags: Tags,
): Node {
  const columns = fields.all.filter((field) => field.kind === 'column');
  const relations = tables.map((table) => relationNode(template, table));
  const [first] = relations;
  const collection = element('relation', { type: 'collection' }, relations);
  const current = relations.length > 1 ? collection : first;
  return element('connection', { class: 'federated' }, [
    hyperConnection(template.name),
    first && tags.legacyRelation !== undefined ? { ...first, name: tags.legacyRelation } : undefined,
    current && { ...current, name: tags.objectModel('relation') },
    colsNode(columns),
    element(
      'metadata-records',
      {},
      columns.map((field, ordinal) => recordNode(template, field, ordinal, tags)),
    ),
  ]);
}

export function relationNode(template: GeneratedTemplate, table: GeneratedTable): Node {
  return element('relation', {
    connection: connectionId('hyper', template.name),
    name: table.name,
    table: `${bracket(template.schema)}.${bracket(table.name)}`,
    type: 'table',
  });
}

/** The one connection of a data source that reads the .hyper of its own package. */
export function hyperConnection(name: string): Node {
  const connection = element('connection', {
    authentication: 'auth-none',
    'author-locale': 'en_US',
    class: 'hyper',
    dbname: `Data/Extracts/${fileName(name)}.hyper`,
    'default-settings': 'yes',
    server: '',
    sslmode: '',
    username: 'tableau_internal_user',
  });
  const named = { caption: name, name: connectionId('hyper', name) };
  return element('named-connections', {}, [element('named-connection', named, [connection])]);
}

/** Returns the `cols` element only where the name of a field differs from its column, and then for all of them. */
function colsNode(columns: readonly ColumnField[]): Node | undefined {
  if (columns.every(({ localName, column }) => localName === column.name)) return undefined;
  const maps = columns.map(({ localName, table, column }) =>
    element('map', { key: bracket(localName), value: `${bracket(table.name)}.${bracket(column.name)}` }),
  );
  return element('cols', {}, maps);
}

function recordNode(template: GeneratedTemplate, field: ColumnField, ordinal: number, tags: Tags): Node {
  const { localName, table, column } = field;
  const shape = columnShape(column.type);
  if (shape === undefined)
    throw new Error(`column type ${column.type.kind} passed the check without a shape`);
  const text = (name: string, value: string | number | undefined) =>
    value === undefined ? undefined : element(name, {}, String(value));
  return element('metadata-record', { class: 'column' }, [
    text('remote-name', column.name),
    text('remote-type', shape.remoteType),
    text('local-name', bracket(localName)),
    text('parent-name', bracket(table.name)),
    text('remote-alias', column.name),
    text('ordinal', ordinal),
    text('local-type', shape.localType),
    text('aggregation', shape.aggregation),
    text('precision', shape.precision),
    text('scale', shape.scale),
    text('width', shape.width),
    text('contains-null', 'true'),
    shape.localType === 'string' ? element('collation', { flag: '0', name: 'binary' }) : undefined,
    text(tags.objectModel('object-id'), bracket(objectId(template.schema, table.name))),
  ]);
}
