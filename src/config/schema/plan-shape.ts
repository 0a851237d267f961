import { Ajv } from 'ajv';
import { bundledSchema } from '../schema-files.ts';
import { validation } from './ajv-options.ts';

/** Returns true if a value has the shape of a saved plan. */
export function isPlanDocument(value: unknown): boolean {
  return new Ajv(validation).validate(bundledSchema('plan'), value);
}
