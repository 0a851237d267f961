import { parameterTypes } from '../model/config/data-source.ts';
import type { TemplateParameter } from '../model/world/template-description.ts';
import { readAttributeLiteral } from './generate/parameter-values.ts';
import type { Parameter } from './tds/model.ts';

/** Describes a parameter with the values that users can choose. A value that is none of its type stays as it is written. */
export function describeParameter(parameter: Parameter): TemplateParameter {
  const { name, caption, datatype, value, domain, members, range, aliases } = parameter;
  const type = parameterTypes.find((one) => one === datatype);
  const read = (literal: string) =>
    (type === undefined ? undefined : readAttributeLiteral(literal, type)) ?? literal;
  const described = (literal: string, alias?: string) => {
    const shown = alias ?? aliases.find(({ key }) => key === literal)?.value;
    return { value: read(literal), ...(shown !== undefined && { alias: shown }) };
  };
  const bound = (literal: string | undefined) => (literal === undefined ? undefined : read(literal));
  return {
    name,
    caption,
    datatype,
    value: bound(value),
    ...(domain === 'list' && { list: members.map((member) => described(member.value, member.alias)) }),
    ...(domain === 'range' && {
      range: { min: bound(range?.min), max: bound(range?.max), step: range?.step, unit: range?.unit },
    }),
  };
}
