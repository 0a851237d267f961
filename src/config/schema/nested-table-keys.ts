import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';

/** Keys of a table that were written one map too deep, among its columns, where they would be names of columns. */
const inColumns = /^(\/tables\/[^/]+)\/columns\/(from|columns|primary_key|load|checks|add)$/;

/** Returns the pointers of such keys: none of them has the shape of a column. */
export function nestedTableKeys(errors: readonly ErrorObject[]): string[] {
  const found = errors.filter(
    ({ instancePath, keyword, params, data }) =>
      inColumns.test(instancePath) &&
      (Array.isArray(data) || (keyword === 'required' && params.missingProperty === 'type')),
  );
  return [...new Set(found.map(({ instancePath }) => instancePath))];
}

/** Returns true for errors that come from the same mistake: inside of the key, or because the table lacks it. */
export function isOfNested({ keyword, instancePath, params }: ErrorObject, pointer: string): boolean {
  if (instancePath === pointer || instancePath.startsWith(`${pointer}/`)) return true;
  const [, table, key] = inColumns.exec(pointer) ?? [];
  return keyword === 'required' && instancePath === table && params.missingProperty === key;
}

export function nestedTableKey(pointer: string, file: string): Diagnostic {
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  return {
    code: codes.unknownKey,
    severity: 'error',
    message: `"${key}" belongs to the table, and is written among its columns`,
    hint: `write ${key} beside columns, not under it`,
    place: { file, pointer, part: 'key' },
  };
}
