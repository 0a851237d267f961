import type { GeneratedParameter, GeneratedTemplate } from '../../model/config/data-source.ts';
import { bracket } from '../tds/brackets.ts';
import { parameterId } from './ids.ts';
import { attributeLiteral, formulaLiteral } from './parameter-values.ts';
import { describedBy, element } from './xml.ts';
import type { Node } from './xml.ts';

/** Finds the local name of a parameter by that name or by its caption. */
export type FindParameter = (reference: string) => string | undefined;

export const localNameOf = ({ name, localName = parameterId(name) }: GeneratedParameter) => localName;

export function parameterFinder({ parameters = [] }: Pick<GeneratedTemplate, 'parameters'>): FindParameter {
  const names = new Set(parameters.map(localNameOf));
  const captions = new Map(parameters.map((parameter) => [parameter.name, localNameOf(parameter)]));
  return (reference) => (names.has(reference) ? reference : captions.get(reference));
}

/** Returns the parameters as a data source keeps them; undefined if there are none. */
export function parametersNode({ parameters = [] }: GeneratedTemplate): Node | undefined {
  if (parameters.length === 0) return undefined;
  return element('datasource-dependencies', { datasource: 'Parameters' }, parameters.map(parameterNode));
}

function parameterNode(parameter: GeneratedParameter): Node {
  const { name, datatype, value, list, range, description, format, aliases = [] } = parameter;
  const literal = (text: string) => attributeLiteral(text, datatype);
  const aliasOf = (text: string) => aliases.find((one) => one.value === text)?.alias;
  const attributes = {
    alias: aliasOf(value),
    caption: name,
    datatype,
    'default-format': format,
    name: bracket(localNameOf(parameter)),
    'param-domain-type': list !== undefined ? 'list' : range !== undefined ? 'range' : 'any',
    role: 'measure',
    type: datatype === 'string' || datatype === 'boolean' ? 'nominal' : 'quantitative',
    value: literal(value),
  };
  const members = list?.map((text) =>
    element('member', { alias: aliasOf(text), value: attributeLiteral(text, datatype) }),
  );
  return element('column', attributes, [
    element('calculation', { class: 'tableau', formula: formulaLiteral(value, datatype) }),
    aliases.length === 0
      ? undefined
      : element(
          'aliases',
          {},
          aliases.map((one) => element('alias', { key: literal(one.value), value: one.alias })),
        ),
    describedBy('desc', description),
    members && element('members', {}, members),
    range &&
      element('range', {
        granularity: range.step,
        max: range.max === undefined ? undefined : literal(range.max),
        min: range.min === undefined ? undefined : literal(range.min),
        'period-type-v2': range.unit,
      }),
  ]);
}
