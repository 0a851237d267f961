import { counted } from '../../model/base/numbers.ts';
import type { GeneratedParameter, GeneratedTemplate, ParameterType } from '../../model/config/data-source.ts';
import { compareValues, isParameterValue } from './parameter-values.ts';
import { localNameOf } from './parameters.ts';
import type { Problem } from './problem.ts';

type Path = readonly (string | number)[];

/** Checks that the values of parameters have their types and can be chosen, and that their names are unique. */
export function checkParameters({ parameters = [] }: Pick<GeneratedTemplate, 'parameters'>): Problem[] {
  return parameters.flatMap((parameter, n) => {
    const path = ['parameters', n];
    const types = checkTypes(parameter, path);
    return [
      ...checkName(parameter, parameters.slice(0, n), path),
      ...checkDomain(parameter, path),
      // A value of another type cannot be compared.
      ...(types.length > 0 ? types : checkValue(parameter, path)),
    ];
  });
}

function checkName(
  parameter: GeneratedParameter,
  before: readonly GeneratedParameter[],
  path: Path,
): Problem[] {
  const localName = localNameOf(parameter);
  const same = before.find((one) => localNameOf(one) === localName);
  if (same === undefined) return [];
  const message = `two parameters are called [${localName}]: "${same.name}" and "${parameter.name}"`;
  return [{ code: 'EXT4403', path: [...path, 'localName'], message }];
}

function checkTypes(
  { name, datatype, value, list = [], range = {}, aliases = [] }: GeneratedParameter,
  path: Path,
) {
  const values: [Path, string | undefined][] = [
    [['value'], value],
    ...list.map((item, n): [Path, string] => [['list', n], item]),
    [['range', 'min'], range.min],
    [['range', 'max'], range.max],
    ...aliases.map((one): [Path, string] => [['aliases', one.value], one.value]),
  ];
  return values.flatMap(([at, text]): Problem[] => {
    if (text === undefined || isParameterValue(text, datatype)) return [];
    const message = `"${text}" is no value of parameter "${name}", which is ${datatype}`;
    return [{ code: 'EXT4412', path: [...path, ...at], message, ...hintFor(text, datatype) }];
  });
}

function hintFor(text: string, datatype: ParameterType): { hint?: string } {
  if (datatype === 'date') return { hint: 'write dates as 2026-01-31' };
  if (datatype === 'datetime') return { hint: 'write dates with times as 2026-01-31 09:30:00' };
  if (datatype === 'boolean') return { hint: 'write true or false' };
  return isParameterValue(text, 'real') ? { hint: 'set datatype: real' } : { hint: 'set datatype: string' };
}

function checkDomain({ name, datatype, list, range }: GeneratedParameter, path: Path): Problem[] {
  const problem = (key: string, message: string, hint: string): Problem => ({
    code: 'EXT4413',
    path: [...path, key],
    message,
    hint,
  });
  if (range === undefined) return [];
  if (list !== undefined)
    return [problem('range', `parameter "${name}" has both a list and a range`, 'keep one of them')];
  const hasOrder = datatype !== 'string' && datatype !== 'boolean';
  if (!hasOrder)
    return [
      problem('range', `parameter "${name}" is ${datatype}, which has no range`, 'write a list of values'),
    ];
  const isDate = datatype === 'date' || datatype === 'datetime';
  if (range.unit !== undefined && !isDate)
    return [
      problem('range', `the step of parameter "${name}" has a unit, which only dates have`, 'remove unit'),
    ];
  return [];
}

function checkValue(
  { name, datatype, value, list, range, aliases = [] }: GeneratedParameter,
  path: Path,
): Problem[] {
  const isEqual = (one: string, other: string) =>
    datatype === 'string' || datatype === 'boolean'
      ? one === other
      : compareValues(one, other, datatype) === 0;
  const outside = (key: string, message: string, hint: string): Problem => ({
    code: 'EXT4413',
    path: [...path, key],
    message,
    hint,
  });
  if (list !== undefined) {
    const stray = aliases.find((one) => !list.some((item) => isEqual(item, one.value)));
    return [
      ...(list.some((item) => isEqual(item, value))
        ? []
        : [
            outside(
              'value',
              `"${value}" is not among the ${counted(list.length, 'value')} in the list of parameter "${name}"`,
              'add it to the list, or start with a value of the list',
            ),
          ]),
      ...(stray === undefined
        ? []
        : [
            outside(
              'aliases',
              `"${stray.value}" has an alias and is not in the list of parameter "${name}"`,
              'add it to the list',
            ),
          ]),
    ];
  }
  const { min, max } = range ?? {};
  if (min !== undefined && max !== undefined && compareValues(min, max, datatype) > 0)
    return [
      outside('range', `the range of parameter "${name}" ends before it begins`, 'exchange min and max'),
    ];
  const isBelow = min !== undefined && compareValues(value, min, datatype) < 0;
  const isAbove = max !== undefined && compareValues(value, max, datatype) > 0;
  if (!isBelow && !isAbove) return [];
  const bound = isBelow ? `below ${min}` : `above ${max ?? ''}`;
  return [
    outside(
      'value',
      `"${value}" is ${bound}, the bound of parameter "${name}"`,
      'change the value or the range',
    ),
  ];
}
