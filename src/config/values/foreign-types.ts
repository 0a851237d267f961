import { getOwn } from '../../model/base/get-own.ts';

/**
 * Names of types that databases and programs have for ours, without their arguments: what a message suggests. Names that lose
 * nothing are types themselves (model/config/type-names.ts). No suggestion holds fewer values than the type that was written.
 */
const ours: Readonly<Record<string, string>> = {
  bit: 'boolean',
  int16: 'smallint',
  mediumint: 'int',
  serial: 'int',
  bigserial: 'bigint',
  float32: 'double',
  float64: 'double',
  money: 'numeric(21,4)',
  str: 'text',
  object: 'text',
  clob: 'text',
  enum: 'text',
  guid: 'text',
  uniqueidentifier: 'text',
  nvarchar: 'text',
  varchar2: 'text',
  bpchar: 'text',
  nchar: 'text',
  character: 'text',
  variant: 'json',
  smalldatetime: 'timestamp',
  datetimeoffset: 'timestamptz',
  timetz: 'text',
  'time with time zone': 'text',
  timedelta: 'interval',
  blob: 'bytes',
  geometry: 'geography',
};

/** Returns our name for a type that is written as elsewhere; undefined if it is no such name. */
export function ownTypeOf(text: string): string | undefined {
  const normal = text.trim().toLowerCase().replace(/\s+/g, ' ');
  // An array, as its text.
  if (normal.endsWith('[]')) return 'text';
  const [, name = '', inside] = /^([a-z0-9_ ]+?) ?(\([0-9, ]*\))?$/.exec(normal) ?? [];
  return name === 'bit' && inside !== undefined ? 'text' : getOwn(ours, name);
}
