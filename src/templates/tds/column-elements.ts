import type { Calculation, Column, Parameter } from './model.ts';
import { unbracket } from './brackets.ts';
import { attributeOf, childOf, childrenOf, descendantsOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export function parseColumn(element: XmlElement): Column {
  const calculation = childOf(element, 'calculation');
  return {
    name: unbracket(attributeOf(element, 'name') ?? ''),
    caption: attributeOf(element, 'caption'),
    datatype: attributeOf(element, 'datatype') ?? 'unknown',
    role: attributeOf(element, 'role') ?? 'unknown',
    type: attributeOf(element, 'type') ?? '',
    aggregation: attributeOf(element, 'aggregation'),
    format: attributeOf(element, 'default-format'),
    hidden: attributeOf(element, 'hidden') === 'true',
    semanticRole: attributeOf(element, 'semantic-role'),
    typeCustomized: attributeOf(element, 'datatype-customized') === 'true',
    description: parseDescription(childOf(element, 'desc')),
    aliases: childrenOf(childOf(element, 'aliases'), 'alias').map((alias) => ({
      key: attributeOf(alias, 'key') ?? '',
      value: attributeOf(alias, 'value') ?? '',
    })),
    calculation: calculation && parseCalculation(calculation),
    others: [
      ...[...element.attributes.keys()].filter((name) => !knownAttributes.has(name)),
      ...element.children.map(({ name }) => name).filter((name) => !knownChildren.has(name)),
    ],
  };
}

export function parseParameter(element: XmlElement): Parameter {
  const { calculation, others, ...column } = parseColumn(element);
  const range = childOf(element, 'range');
  return {
    ...column,
    domain: attributeOf(element, 'param-domain-type') ?? 'any',
    // Files of Tableau 8 have it in the formula only.
    value: attributeOf(element, 'value') ?? calculation?.formula,
    members: childrenOf(childOf(element, 'members'), 'member').map((member) => ({
      value: attributeOf(member, 'value') ?? '',
      alias: attributeOf(member, 'alias'),
    })),
    range: range && {
      min: attributeOf(range, 'min'),
      max: attributeOf(range, 'max'),
      step: attributeOf(range, 'granularity'),
      unit: attributeOf(range, 'period-type-v2'),
    },
    others: others.filter((name) => !ofParameters.has(name)),
  };
}

const ofParameters = new Set(['param-domain-type', 'value', 'alias', 'members', 'range']);

/** `<desc><formatted-text><run>…</run></formatted-text></desc>`: the text of its runs, without their formats. */
export function parseDescription(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const runs = descendantsOf(element).filter(({ name }) => name === 'run');
  return (runs.length > 0 ? runs : [element]).map(({ text }) => text).join('');
}

const knownAttributes = new Set([
  ...[
    'name',
    'caption',
    'datatype',
    'role',
    'type',
    'aggregation',
    'default-format',
    'hidden',
    'semantic-role',
  ],
  'datatype-customized',
  // Tableau's own mark at `Number of Records` and the like.
  'user:auto-column',
]);
const knownChildren = new Set(['calculation', 'aliases', 'desc']);

function parseCalculation(element: XmlElement): Calculation {
  return {
    class: attributeOf(element, 'class') ?? '',
    formula: attributeOf(element, 'formula'),
    column: attributeOf(element, 'column'),
    sizeParameter: attributeOf(element, 'size-parameter'),
  };
}
