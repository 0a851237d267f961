import { Ajv, type ValidateFunction } from 'ajv';
import { validation } from './ajv-options.ts';
import { checkedSchema, type CheckedSchema } from './checked-schema.ts';

const validators = new Map<CheckedSchema, ValidateFunction>();

/**
 * Compiles a schema when its first file is checked, once. In dist/ this module is replaced by what it returns:
 * compiling takes longer than reading a hundred files; see packaging/compiled-schemas.ts.
 */
export function validatorOf(name: CheckedSchema): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const validate = new Ajv(validation).compile(checkedSchema(name));
  validators.set(name, validate);
  return validate;
}
