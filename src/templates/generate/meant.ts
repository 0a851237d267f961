import { ofParameters, type FieldReference } from '../formula.ts';
import type { Field, Fields } from './fields.ts';
import type { FindParameter } from './parameters.ts';

/** Returns the field that a reference in a formula means; undefined if it means a parameter, or nothing. */
export function meantField(
  { field, qualifier }: Pick<FieldReference, 'field' | 'qualifier'>,
  fields: Fields,
): Field | 'ambiguous' | undefined {
  return qualifier === ofParameters ? undefined : fields.resolve(field, qualifier);
}

/** Returns the parameter that a reference means which is no field: `[Parameters].[Rate]`, or just `[Rate]`. */
export function meantParameter(
  { field, qualifier }: Pick<FieldReference, 'field' | 'qualifier'>,
  parameter: FindParameter,
): string | undefined {
  return qualifier === undefined || qualifier === ofParameters ? parameter(field) : undefined;
}
