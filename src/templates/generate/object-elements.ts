import { bracket } from '../tds/brackets.ts';
import { relationNode } from './connection.ts';
import type { Fields } from './fields.ts';
import { objectId } from './ids.ts';
import type {
  GeneratedRelationship,
  GeneratedTable,
  GeneratedTemplate,
} from '../../model/config/data-source.ts';
import type { Tags } from './spelling.ts';
import { describedBy, element } from './xml.ts';
import type { Node } from './xml.ts';

/** Returns the fields that represent whole tables: Tableau counts rows with them. */
export function tableColumns(
  template: GeneratedTemplate,
  tables: readonly GeneratedTable[],
  tags: Tags,
): Node[] {
  return tables.map((table) =>
    element(tags.tableType('column'), {
      caption: table.caption ?? table.name,
      datatype: 'table',
      name: `[__tableau_internal_object_id__].${bracket(objectId(template.schema, table.name))}`,
      role: 'measure',
      type: 'quantitative',
    }),
  );
}

export function objectGraph(
  template: GeneratedTemplate,
  tables: readonly GeneratedTable[],
  fields: Fields,
  tags: Tags,
): Node {
  const objects = tables.map((table) => {
    const id = objectId(template.schema, table.name);
    const properties = element('properties', { context: '' }, [relationNode(template, table)]);
    const description = describedBy('table-description', table.description);
    return element('object', { caption: table.caption ?? table.name, id }, [properties, description]);
  });
  const { relationships } = template;
  return element(tags.objectModel('object-graph'), {}, [
    element('objects', {}, objects),
    relationships.length === 0
      ? undefined
      : element(
          'relationships',
          {},
          relationships.map((relationship) => relationshipNode(template, relationship, fields)),
        ),
  ]);
}

/** One comparison, or `AND` of several. An end point with a unique key is the "one" side; Tableau assumes "many". */
function relationshipNode(
  template: GeneratedTemplate,
  relationship: GeneratedRelationship,
  fields: Fields,
): Node {
  const { from, to, cardinality = 'many-to-one' } = relationship;
  const operand = (table: string, column: string | undefined) =>
    element('expression', { op: bracket(localName(table, column, fields)) });
  const pairs = from.columns.map((column, n) =>
    element('expression', { op: '=' }, [operand(from.table, column), operand(to.table, to.columns[n])]),
  );
  const endPoint = (tag: string, table: string, one: boolean) =>
    element(tag, { 'object-id': objectId(template.schema, table), 'unique-key': one ? 'true' : undefined });
  return element('relationship', {}, [
    ...(pairs.length === 1 ? pairs : [element('expression', { op: 'AND' }, pairs)]),
    endPoint('first-end-point', from.table, cardinality.startsWith('one-')),
    endPoint('second-end-point', to.table, cardinality.endsWith('-one')),
  ]);
}

function localName(table: string, column: string | undefined, fields: Fields): string {
  const field = fields.all.find(
    (one) => one.kind === 'column' && one.table.name === table && one.column.name === column,
  );
  if (field === undefined) throw new Error(`a relationship passed the check without its column`);
  return field.localName;
}
