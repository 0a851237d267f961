import type {
  FieldOrigin,
  TemplateDescription,
  TemplateTable,
} from '../../model/world/template-description.ts';
import type { Cardinality, GeneratedRelationship } from '../../model/config/data-source.ts';
import type { ReadSource } from '../read-source.ts';
import { splitPath } from '../tds/brackets.ts';
import type { Relationship } from '../tds/model.ts';

/** Imports relationships of equal columns; other operators and calculated operands are listed in `lost`. */
export function importRelationships(
  { source }: Pick<ReadSource, 'source'>,
  { fields }: TemplateDescription,
  tableNames: ReadonlyMap<TemplateTable, string>,
  lost: string[],
): GeneratedRelationship[] {
  const columns = new Map(fields.map((field) => [field.name, field.origin]));
  const columnOf = (operand: string) => {
    const [name, ...more] = splitPath(operand) ?? [];
    return name === undefined || more.length > 0 ? undefined : columns.get(name);
  };
  const captions = new Map(source.objects.map(({ id, caption }) => [id, caption ?? id]));

  return source.relationships.flatMap((relationship): GeneratedRelationship[] => {
    const { first, second, pairs } = relationship;
    const shown = [first, second].map(({ objectId }) => captions.get(objectId) ?? objectId).join(' and ');
    const from = sideOf(pairs.map((pair) => columnOf(pair.first)));
    const to = sideOf(pairs.map((pair) => columnOf(pair.second)));
    if (from === undefined || to === undefined || pairs.some(({ op }) => op !== '=')) {
      lost.push(`relationship of ${shown}: only equal columns can be related`);
      return [];
    }
    for (const name of [...first.others, ...second.others]) lost.push(`relationship of ${shown}: ${name}`);
    const cardinality = cardinalityOf(relationship);
    const named = ({ table, columns: keys }: Side) => ({
      table: tableNames.get(table) ?? table.name,
      columns: keys,
    });
    return [{ from: named(from), to: named(to), ...(cardinality === 'many-to-one' ? {} : { cardinality }) }];
  });
}

interface Side {
  table: TemplateTable;
  columns: readonly string[];
}

/** The columns of one end, if they are columns and of one table. */
function sideOf(origins: readonly (FieldOrigin | undefined)[]): Side | undefined {
  const [first] = origins;
  const columns = origins.flatMap((origin) => (origin?.table === first?.table ? (origin?.column ?? []) : []));
  if (first?.table === undefined || columns.length < origins.length) return undefined;
  return { table: first.table, columns };
}

function cardinalityOf({ first, second }: Relationship): Cardinality {
  if (first.unique) return second.unique ? 'one-to-one' : 'one-to-many';
  return second.unique ? 'many-to-one' : 'many-to-many';
}
