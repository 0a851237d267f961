import type { Alias, LocalType } from '../../model/config/data-source.ts';
import { ofParameters, renameFields } from '../formula.ts';
import { bracket } from '../tds/brackets.ts';
import { defaultAggregation, isContinuousByDefault, defaultRole, fieldType } from './defaults.ts';
import type { Field, Fields } from './fields.ts';
import { geoRoles } from './geo-roles.ts';
import { meantField, meantParameter } from './meant.ts';
import type { FindParameter } from './parameters.ts';
import { describedBy, element } from './xml.ts';
import type { Node } from './xml.ts';

/** Returns one `column` element per field, with everything that Tableau would otherwise guess. */
export function columnNodes(fields: Fields, parameter: FindParameter): Node[] {
  return fields.all.map((field) => columnNode(field, fields, parameter));
}

function columnNode(field: Field, fields: Fields, parameter: FindParameter): Node {
  const look = field.kind === 'column' ? field.column : field.calculation;
  const role = look.role ?? defaultRole(field.localType);
  const continuous = look.continuous ?? isContinuousByDefault(field.localType, role);
  const attributes = {
    aggregation: look.aggregation ?? defaultAggregation(look.geo),
    caption: field.caption,
    datatype: field.localType,
    'default-format': look.format,
    hidden: look.hidden === true ? 'true' : undefined,
    name: bracket(field.localName),
    role,
    'semantic-role': look.geo === undefined ? undefined : geoRoles[look.geo],
    type: fieldType(field.localType, continuous),
  };
  return element('column', attributes, [
    field.kind === 'calculation' ? calculationNode(field.calculation.formula, fields, parameter) : undefined,
    aliasesNode(look.aliases ?? [], field.localType),
    describedBy('desc', look.description),
  ]);
}

/** Tableau's files name fields and parameters by local name; people write captions. */
function calculationNode(formula: string, fields: Fields, parameter: FindParameter): Node {
  const renamed = renameFields(formula, (reference) => {
    const field = meantField(reference, fields);
    if (field !== undefined) return field === 'ambiguous' ? undefined : [field.localName];
    const name = meantParameter(reference, parameter);
    return name === undefined ? undefined : [ofParameters, name];
  });
  return element('calculation', { class: 'tableau', formula: renamed });
}

function aliasesNode(aliases: readonly Alias[], type: LocalType): Node | undefined {
  if (aliases.length === 0) return undefined;
  return element(
    'aliases',
    {},
    aliases.map(({ value, alias }) => element('alias', { key: aliasKey(value, type), value: alias })),
  );
}

/** Returns the key of an alias. Strings carry their quotes, `null` is `%null%`, dates are between `#`. */
export function aliasKey(value: Alias['value'], type: LocalType): string {
  if (value === null) return '%null%';
  if (type === 'date' || type === 'datetime') return `#${value}#`;
  if (type !== 'string') return String(value);
  return `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
