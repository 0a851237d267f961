import { shownName } from '../../model/world/template-description.ts';
import type { TemplateDescription, TemplateField } from '../../model/world/template-description.ts';
import { parseFormula } from '../formula.ts';
import type { ReadSource } from '../open-template.ts';

/**
 * Returns the names of the fields that can be generated. Every other field, and every field that depends on one, is
 * listed in `lost`.
 */
export function findCarried(
  description: TemplateDescription,
  template: Pick<ReadSource, 'source'>,
  lost: string[],
): ReadonlySet<string> {
  const { source } = template;
  const classes = new Map(source.columns.map(({ name, calculation }) => [name, calculation?.class]));
  const reasons = new Map<string, string>();
  for (const field of description.fields) {
    const reason = whyNot(field, classes.get(field.name));
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

function whyNot(field: TemplateField, calculation: string | undefined): string | undefined {
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
      if (references.some(({ qualifier }) => qualifier === 'Parameters')) return 'it uses a parameter';
      const [unknown] = field.unknown;
      return unknown === undefined ? undefined : `it uses [${unknown}], which is no field`;
    }
  }
}

/** Returns the parts that are not fields and have no place in a generated data source. */
function besides(description: TemplateDescription, { source }: Pick<ReadSource, 'source'>): string[] {
  const origin = source.connection.named.map((named) => named.class).join(', ');
  return [
    ...(description.flavour === 'extract'
      ? [
          `the connection the extract was made from (${origin}) and its refresh settings: a generated one reads the .hyper`,
        ]
      : []),
    ...description.parameters.map((parameter) => `parameter "${shownName(parameter)}"`),
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
