import type { TemplateDescription, TemplateTable } from '../description.ts';
import type { Cardinality, GeneratedRelationship } from '../generate/model.ts';
import type { Template } from '../open.ts';
import { splitPath } from '../tds/names.ts';
import type { Relationship } from '../tds/model.ts';

/** Relationships of equal columns; other operators and calculated operands are told in `lost`. */
export function importRelationships(
  { source }: Pick<Template, 'source'>,
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
    const shown = `${captions.get(first.objectId) ?? first.objectId} and ${captions.get(second.objectId) ?? second.objectId}`;
    const ends = pairs.map((pair) => ({
      op: pair.op,
      from: columnOf(pair.first),
      to: columnOf(pair.second),
    }));
    const [start] = ends;
    const sides = [start?.from?.table, start?.to?.table].map((table) =>
      table ? tableNames.get(table) : undefined,
    );
    const [from, to] = sides;
    const equal = ends.flatMap((end) =>
      end.op === '=' && end.from?.table === start?.from?.table && end.to?.table === start?.to?.table
        ? [{ from: end.from?.column, to: end.to?.column }]
        : [],
    );
    const fromColumns = equal.flatMap((end) => end.from ?? []);
    const toColumns = equal.flatMap((end) => end.to ?? []);
    const whole = fromColumns.length === pairs.length && toColumns.length === pairs.length;
    if (from === undefined || to === undefined || !whole) {
      lost.push(`relationship of ${shown}: only equal columns can be related`);
      return [];
    }
    for (const name of [...first.others, ...second.others]) lost.push(`relationship of ${shown}: ${name}`);
    const cardinality = cardinalityOf(relationship);
    return [
      {
        from: { table: from, columns: fromColumns },
        to: { table: to, columns: toColumns },
        ...(cardinality === 'many-to-one' ? {} : { cardinality }),
      },
    ];
  });
}

function cardinalityOf({ first, second }: Relationship): Cardinality {
  if (first.unique) return second.unique ? 'one-to-one' : 'one-to-many';
  return second.unique ? 'many-to-one' : 'many-to-many';
}
