import { parameterTypes, rangeUnits } from '../../model/config/data-source.ts';
import type { GeneratedParameter, ParameterRange, ParameterType } from '../../model/config/data-source.ts';
import { shownName } from '../../model/world/template-description.ts';
import { readAttributeLiteral } from '../generate/parameter-values.ts';
import { localNameOf, parameterFinder } from '../generate/parameters.ts';
import { checkParameters } from '../generate/check-parameters.ts';
import { parameterId } from '../generate/ids.ts';
import type { Parameter } from '../tds/model.ts';

/** Imports the parameters of a data source; those that cannot be generated, and parts of others, are listed in `lost`. */
export function importParameters(
  parameters: readonly Parameter[],
  lost: string[],
): readonly GeneratedParameter[] {
  const imported: GeneratedParameter[] = [];
  for (const parameter of parameters) {
    const shown = shownName(parameter);
    const same = imported.some((one) => one.name === shown);
    const found = same ? 'another parameter has this caption' : importParameter(parameter, shown);
    if (typeof found === 'string') {
      lost.push(`parameter "${shown}": ${found}`);
      continue;
    }
    for (const name of parameter.others) lost.push(`parameter "${shown}": ${ofWorkbooks.get(name) ?? name}`);
    imported.push(found);
  }
  return imported;
}

/** Parameters that follow a field, by the attributes that name it. */
const ofWorkbooks = new Map([
  ['default-value-field', 'its value stays as it is; it came from a field whenever a workbook was opened'],
  ['source-field', 'its list stays as it is; it came from a field whenever a workbook was opened'],
]);

/** Returns the parameter, or why it cannot be generated. */
function importParameter(parameter: Parameter, shown: string): GeneratedParameter | string {
  const { value: written, domain, members, aliases, description, format } = parameter;
  const datatype = parameterTypes.find((type) => type === parameter.datatype);
  if (datatype === undefined) return `its type is ${parameter.datatype}`;
  if (written === undefined) return 'the file does not say its value';
  const value = readAttributeLiteral(written, datatype);
  if (value === undefined) return `its value ${written} is none of type ${datatype}`;
  const list = members.map((member) => readAttributeLiteral(member.value, datatype));
  if (list.includes(undefined)) return `a value of its list is none of type ${datatype}`;
  const range = domain === 'range' ? importRange(parameter.range, datatype) : {};
  if (typeof range === 'string') return range;
  const named = [
    ...members.map((member) => ({ key: member.value, alias: member.alias })),
    ...aliases.map(({ key, value: alias }) => ({ key, alias })),
  ].flatMap(({ key, alias }) => {
    const text = readAttributeLiteral(key, datatype);
    return text === undefined || alias === undefined ? [] : [{ value: text, alias }];
  });
  const found: GeneratedParameter = {
    name: shown,
    datatype,
    value,
    ...(domain === 'list' && { list: list.filter((item) => item !== undefined) }),
    ...(Object.keys(range).length > 0 && { range }),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...(named.length > 0 && { aliases: [...new Map(named.map((one) => [one.value, one])).values()] }),
    ...(parameter.name === parameterId(shown) ? {} : { localName: parameter.name }),
  };
  return checkParameters({ parameters: [found] })[0]?.message ?? found;
}

function importRange(range: Parameter['range'], datatype: ParameterType): ParameterRange | string {
  const bound = (text: string | undefined) =>
    text === undefined ? undefined : readAttributeLiteral(text, datatype);
  const [min, max] = [bound(range?.min), bound(range?.max)];
  if (min === undefined && range?.min !== undefined)
    return `the bound ${range.min} of its range is not ${datatype}`;
  if (max === undefined && range?.max !== undefined)
    return `the bound ${range.max} of its range is not ${datatype}`;
  const step = Number(range?.step);
  const unit = rangeUnits.find((one) => one === range?.unit);
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(step > 0 && { step: String(step) }),
    ...(unit !== undefined && { unit }),
  };
}

/** Returns the caption by which formulas name a parameter, and undefined for one that is not carried over. */
export function captionFinder(
  parameters: readonly GeneratedParameter[],
): (reference: string) => string | undefined {
  const find = parameterFinder({ parameters });
  const captions = new Map(parameters.map((parameter) => [localNameOf(parameter), parameter.name]));
  return (reference) => captions.get(find(reference) ?? '');
}
