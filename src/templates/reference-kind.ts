import { ofParameters, parseFormula, type FieldReference } from './formula.ts';
import type { DataSource, Relation } from './tds/model.ts';

/**
 * Returns the meaning of a name in a formula. Fields of the data source itself have no qualifier, or its name or that of a table. Another
 * qualifier is that of a data source of the workbook, whose fields have nothing to do with those here.
 */
type ReferenceKind = 'field' | 'parameter' | 'table' | 'elsewhere';

type Within = Pick<DataSource, 'id' | 'name' | 'objects' | 'connection' | 'extract'>;

export function referenceKinds(source: Within): (reference: FieldReference) => ReferenceKind {
  const own = new Set<string | undefined>([
    undefined,
    source.id,
    source.name,
    ...source.objects.map(({ caption }) => caption),
    ...[...source.connection.relations, ...(source.extract?.relations ?? [])].flatMap(namesOf),
  ]);
  return ({ qualifier }) => {
    if (qualifier === ofParameters) return 'parameter';
    if (qualifier === ofTables) return 'table';
    return own.has(qualifier) ? 'field' : 'elsewhere';
  };
}

/** The qualifier of tables, whose rows a formula counts. */
const ofTables = '__tableau_internal_object_id__';

function namesOf(relation: Relation): string[] {
  if (relation.kind === 'join') return [];
  return relation.kind === 'table' ? [relation.name, relation.table] : [relation.name];
}

/** Returns a function that finds the fields of the data source that formulas name. */
export function ownFields(source: Within): (formulas: readonly string[]) => string[] {
  const kindOf = referenceKinds(source);
  return (formulas) =>
    formulas.flatMap((formula) =>
      parseFormula(formula).references.flatMap((one) => (kindOf(one) === 'field' ? [one.field] : [])),
    );
}
