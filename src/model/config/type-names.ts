import { getOwn } from '../base/get-own.ts';

/**
 * Names of types as PostgreSQL, Spark and Snowflake print them, for types of ours that hold every value of theirs. `float` has
 * 64 bits in all of them but Spark, whose 32 bits are exact as 64.
 */
const printed: Readonly<Record<string, string>> = {
  float: 'double',
  number: 'numeric',
  dec: 'numeric',
  byte: 'smallint',
  tinyint: 'smallint',
  short: 'smallint',
  long: 'bigint',
  byteint: 'smallint',
  'character varying': 'text',
  citext: 'text',
  name: 'text',
  uuid: 'text',
  xml: 'text',
  inet: 'text',
  cidr: 'text',
  macaddr: 'text',
  macaddr8: 'text',
  jsonb: 'json',
  binary: 'bytes',
  varbinary: 'bytes',
  datetime: 'timestamp',
  timestamp_ntz: 'timestamp',
  timestampntz: 'timestamp',
  'timestamp without time zone': 'timestamp',
  timestamp_ltz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
};

/** Names whose length or digits mean the same in our type. */
const withArguments: Readonly<Record<string, string>> = {
  number: 'numeric',
  dec: 'numeric',
  'character varying': 'varchar',
  string: 'varchar',
  text: 'varchar',
  nvarchar: 'varchar',
  varchar2: 'varchar',
  character: 'char',
  bpchar: 'char',
  nchar: 'char',
};

/** Names whose argument says how wide the values can be, which our type need not know. */
const unlimited: Readonly<Record<string, string>> = { float: 'double', binary: 'bytes', varbinary: 'bytes' };

/** The names without arguments, for suggestions. */
export const printedNames: readonly string[] = Object.keys(printed).filter(
  (name) => printed[name] !== 'numeric',
);

/** Returns our spelling of a type, in lower case with single blanks, that another program printed; others as they are. */
export function ownSpelling(normal: string): string {
  const plain = getOwn(printed, normal);
  if (plain !== undefined) return plain;
  const [, name = '', inside, zone = ''] =
    /^([a-z0-9_ ]+?) ?\(([\d, ]*)\)( with(?:out)? time zone)?$/.exec(normal) ?? [];
  if (inside === undefined) return normal;
  // Our times have microseconds: nothing is lost of six digits or fewer.
  if (/^(?:time|timestamp(?:_?ntz|_ltz)?)$/.test(name) && /^[0-6]$/.test(inside.trim()))
    return getOwn(printed, `${name}${zone}`) ?? `${name}${zone}`;
  if (zone !== '') return normal;
  const wide = getOwn(unlimited, name);
  if (wide !== undefined && /^\d+$/.test(inside.trim())) return wide;
  const sized = getOwn(withArguments, name);
  return sized === undefined ? normal : `${sized}(${inside})`;
}
