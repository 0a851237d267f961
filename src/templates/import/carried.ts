import { shownName } from '../../model/world/template-description.ts';
import type { TemplateDescription, TemplateField } from '../../model/world/template-description.ts';
import { ofParameters, parseFormula } from '../formula.ts';
import { parseCustomSql } from '../tds/custom-sql.ts';
import type { DataSource } from '../tds/model.ts';
import { withoutObjectId } from '../object-id.ts';
import type { ReadSource } from '../read-source.ts';
import { referenceKinds } from '../reference-kind.ts';

/**
 * Returns the names of the fields that can be generated. Every other field, and every field that depends on one, is
 * listed in `lost`.
 */
export function findCarried(
  description: TemplateDescription,
  template: Pick<ReadSource, 'source' | 'hyper'>,
  { lost, isParameter }: { lost: string[]; isParameter: (name: string) => boolean },
): ReadonlySet<string> {
  const { source } = template;
  const classes = new Map(source.columns.map(({ name, calculation }) => [name, calculation?.class]));
  const reasons = new Map<string, string>();
  const shownBefore = columnFinder();
  const kindOf = referenceKinds(source);
  for (const field of description.fields) {
    const reason =
      whyNot(field, classes.get(field.name), isParameter) ??
      elsewhere(field, kindOf) ??
      twice(field, shownBefore(field));
    if (reason !== undefined) reasons.set(field.name, reason);
  }
  for (let before = -1; before < reasons.size;) {
    before = reasons.size;
    for (const field of description.fields) {
      const broken = field.needs.find((need) => reasons.has(need));
      if (broken === undefined || reasons.has(field.name)) continue;
      reasons.set(field.name, `it needs [${broken}], which cannot be carried over`);
    }
  }
  for (const field of description.fields) {
    const reason = reasons.get(field.name);
    if (reason !== undefined) lost.push(`${field.kind} "${shownName(field)}": ${reason}`);
  }
  lost.push(...besides(description, template));
  return new Set(description.fields.map(({ name }) => name).filter((name) => !reasons.has(name)));
}

/** Returns why a calculation cannot be carried alone: it reads another data source of its workbook, or counts rows of a table. */
function elsewhere(
  { formula = '' }: TemplateField,
  kindOf: ReturnType<typeof referenceKinds>,
): string | undefined {
  const { references } = parseFormula(formula);
  const blended = references.find((one) => kindOf(one) === 'elsewhere');
  if (blended !== undefined)
    return `it uses [${blended.field}] of another data source, "${blended.qualifier ?? ''}"`;
  const counted = references.find((one) => kindOf(one) === 'table');
  return (
    counted && `it counts the rows of "${withoutObjectId(counted.field)}": count one of its columns instead`
  );
}

/** Returns a function that finds the earlier field that shows the same column. */
function columnFinder(): (field: TemplateField) => TemplateField | undefined {
  const seen = new Map<unknown, Map<string, TemplateField>>();
  return (field) => {
    const { origin } = field;
    if (origin?.table === undefined) return undefined;
    const columns = seen.get(origin.table) ?? new Map<string, TemplateField>();
    seen.set(origin.table, columns);
    const earlier = columns.get(origin.column);
    if (earlier === undefined) columns.set(origin.column, field);
    return earlier;
  };
}

const twice = ({ origin }: TemplateField, earlier: TemplateField | undefined) =>
  earlier &&
  `"${shownName(earlier)}" shows the column "${origin?.column ?? ''}" already; a calculation with its name shows it again`;

function whyNot(
  field: TemplateField,
  calculation: string | undefined,
  isParameter: (name: string) => boolean,
): string | undefined {
  switch (field.kind) {
    case 'set':
      return 'sets cannot be generated';
    case 'bin':
      return 'bins cannot be generated';
    case 'group':
      return 'groups cannot be generated; a calculation with CASE does the same';
    case 'column':
      if (field.origin === undefined && field.hidden)
        return 'it is hidden, and the extract was made without it';
      return field.origin?.table === undefined
        ? 'the file does not say which table it comes from'
        : undefined;
    case 'calculation': {
      if (calculation !== 'tableau')
        return `calculations of class "${calculation ?? ''}" cannot be generated`;
      const { references, problem } = parseFormula(field.formula ?? '');
      if (problem !== undefined) return `its formula does not read: ${problem}`;
      const stray = references.find((one) => one.qualifier === ofParameters && !isParameter(one.field));
      if (stray !== undefined) return `it uses the parameter [${stray.field}], which cannot be carried over`;
      const [unknown] = field.unknown;
      return unknown === undefined ? undefined : `it uses [${unknown}], which is no field`;
    }
  }
}

/** Returns the parts that are not fields and have no place in a generated data source. */
function besides(
  description: TemplateDescription,
  { source, hyper }: Pick<ReadSource, 'source' | 'hyper'>,
): string[] {
  const origin = source.connection.named.map((named) => named.class).join(', ');
  return [
    ...(description.flavour === 'extract'
      ? [
          `the connection the extract was made from (${origin}) and its refresh settings: a generated one reads the .hyper`,
        ]
      : []),
    ...(hyper.flavour === 'live' ? [] : parametersInSql(source)),
    ...description.filters.map(({ field }) => `data source filter on [${field}]`),
    ...description.opaque.map(
      (name) => `"${name}", a query or union over tables: make it a table of the extract`,
    ),
    ...(source.connection.relations.some(({ kind }) => kind === 'join')
      ? ['a join of tables: relate them, or join them in the source']
      : []),
    ...source.others.map((name) => `<${name}>`),
  ];
}

/** An extract has the rows that a query gives with one value of a parameter. */
function parametersInSql({ connection, parameters }: DataSource): string[] {
  return connection.relations.flatMap((relation) => {
    if (relation.kind !== 'other' || relation.type !== 'text') return [];
    return [...new Set(parseCustomSql(relation.text).parameters)].map((name) => {
      const parameter = parameters.find((one) => one.name === name);
      const now = parameter?.value === undefined ? '' : ` (${parameter.value} now)`;
      const shown = parameter === undefined ? name : shownName(parameter);
      return `custom SQL "${relation.name}" depends on the parameter "${shown}"${now}: write one value into the query, or read all rows and filter them with a calculation`;
    });
  });
}
