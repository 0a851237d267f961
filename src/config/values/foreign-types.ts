import { getOwn } from '../../model/base/get-own.ts';

/** Names of types that databases and programs have for ours, without their arguments. */
const ours: Readonly<Record<string, string>> = {
  bit: 'boolean',
  byte: 'smallint',
  tinyint: 'smallint',
  int16: 'smallint',
  short: 'smallint',
  mediumint: 'int',
  serial: 'int',
  long: 'bigint',
  bigserial: 'bigint',
  float: 'double',
  float32: 'real',
  float64: 'double',
  number: 'numeric(18,2)',
  dec: 'numeric(18,2)',
  money: 'numeric(19,4)',
  str: 'text',
  object: 'text',
  clob: 'text',
  enum: 'text',
  uuid: 'text',
  guid: 'text',
  uniqueidentifier: 'text',
  string: 'text',
  nvarchar: 'text',
  varchar2: 'text',
  'character varying': 'text',
  bpchar: 'text',
  nchar: 'text',
  character: 'text',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  smalldatetime: 'timestamp',
  datetime64: 'timestamp',
  timestamp_ntz: 'timestamp',
  'timestamp without time zone': 'timestamp',
  datetimeoffset: 'timestamptz',
  timestamp_ltz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  timedelta: 'interval',
  blob: 'bytes',
  binary: 'bytes',
  varbinary: 'bytes',
  jsonb: 'json',
  geometry: 'geography',
};

/** Types whose arguments mean the same in our type of this name. */
const withArguments: Readonly<Record<string, string>> = {
  number: 'numeric',
  dec: 'numeric',
  string: 'varchar',
  nvarchar: 'varchar',
  varchar2: 'varchar',
  'character varying': 'varchar',
  bpchar: 'char',
  nchar: 'char',
  character: 'char',
};

/** Returns our name for a type that is written as elsewhere; undefined if it is no such name. */
export function ownTypeOf(text: string): string | undefined {
  const normal = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const [, name = '', inside] = /^([a-z0-9_ ]+?) ?(?:\(([0-9, ]*)\))?$/.exec(normal) ?? [];
  const sized = inside === undefined ? undefined : getOwn(withArguments, name);
  return sized === undefined ? getOwn(ours, name) : `${sized}(${inside?.replaceAll(' ', '') ?? ''})`;
}
