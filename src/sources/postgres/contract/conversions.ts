import type { ColumnType } from '../../../model/config/column-type.ts';
import { finite, flat, onTheGlobe, withinDay, withinScale, type Guarded } from '../sql/guards.ts';
import { declaredNumeric, type PostgresType } from './postgres-types.ts';

/** An expression that loads every value of a type exactly, and the contract types that it is for. */
export interface Conversion {
  when: (to: ColumnType) => boolean;
  select: (sql: string, to: ColumnType) => string;
}

const plain = (sql: string) => sql;
const asText = (sql: string) => `(${sql})::pg_catalog.text`;
const kinds =
  (...names: ColumnType['kind'][]) =>
  (to: ColumnType) =>
    names.includes(to.kind);
const wholeDigits = (to: ColumnType, digits: number) =>
  to.kind === 'numeric' && to.precision - to.scale >= digits;
const isText = kinds('text');
const asGeography = (column: Guarded): Conversion => ({
  when: kinds('geography'),
  select: (sql) => flat(sql, column),
});

/** Returns the exact conversions of a type, the best first. */
// eslint-disable-next-line max-lines-per-function -- one case for each type
export function conversions(from: PostgresType, column: Guarded): Conversion[] {
  const length = from.modifier - 4;
  switch (from.name) {
    case 'bool':
      return [
        { when: kinds('boolean'), select: plain },
        { when: isText, select: asText },
      ];
    case 'int2':
      return integer(['smallint', 'int', 'bigint', 'double', 'real'], 5);
    case 'int4':
      return integer(['int', 'bigint', 'double'], 10);
    case 'int8':
      return integer(['bigint'], 19);
    case 'oid':
      return integer(['oid', 'bigint'], 10);
    case 'float4':
      return [
        { when: kinds('real', 'double'), select: (sql) => `(${sql})::pg_catalog.float8` },
        { when: isText, select: asText },
      ];
    case 'float8':
      return [{ when: kinds('double', 'text'), select: plain }];
    case 'numeric':
      return numeric(from, column);
    case 'money':
      return [
        { when: kinds('numeric'), select: (sql, to) => scaled(`(${sql})::numeric`, to, column) },
        { when: isText, select: asText },
      ];
    case 'text':
    case 'citext':
      return [{ when: kinds('text', 'varchar', 'json'), select: plain }, asGeography(column)];
    case 'name':
      return [{ when: kinds('text', 'varchar'), select: plain }];
    case 'varchar':
      return [
        { when: kinds('text', 'varchar', 'json'), select: plain },
        asGeography(column),
        { when: (to) => to.kind === 'char' && length > 0 && to.length >= length, select: plain },
      ];
    case 'bpchar':
      return [
        { when: (to) => to.kind === 'char' && length > 0 && to.length >= length, select: plain },
        { when: kinds('text', 'varchar'), select: asText },
      ];
    case 'char':
      return [{ when: kinds('text', 'varchar', 'char'), select: asText }];
    case 'uuid':
      return [
        { when: isText, select: plain },
        { when: (to) => (to.kind === 'varchar' || to.kind === 'char') && to.length >= 36, select: plain },
      ];
    case 'json':
    case 'jsonb':
      return [{ when: kinds('json', 'text'), select: plain }];
    case 'bytea':
      return [{ when: kinds('bytes'), select: plain }];
    case 'date':
      return [
        { when: kinds('date'), select: (sql) => finite(sql, 'date', column) },
        { when: kinds('timestamp'), select: (sql) => finite(`(${sql})::timestamp`, 'timestamp', column) },
        { when: isText, select: asText },
      ];
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return [
        { when: kinds(from.name), select: (sql) => finite(sql, from.name, column) },
        { when: isText, select: asText },
      ];
    case 'time':
      return [
        { when: kinds('time'), select: (sql) => withinDay(sql, column) },
        { when: isText, select: plain },
      ];
    case 'geometry':
    case 'geography':
      return [
        { when: kinds('geography'), select: (sql) => onTheGlobe(`(${sql})::geometry`, column) },
        { when: kinds('text', 'varchar'), select: asText },
      ];
    default:
      return [{ when: kinds('text', 'varchar'), select: asText }];
  }
}

function integer(names: ColumnType['kind'][], digits: number): Conversion[] {
  return [
    { when: kinds(...names, 'text'), select: plain },
    { when: (to) => wholeDigits(to, digits), select: plain },
  ];
}

function numeric(from: PostgresType, column: Guarded): Conversion[] {
  const declared = declaredNumeric(from.modifier);
  const text: Conversion = { when: isText, select: plain };
  if (declared === undefined) {
    return [{ when: kinds('numeric'), select: (sql, to) => scaled(sql, to, column) }, text];
  }
  const { precision, scale } = declared;
  return [
    {
      when: (to) =>
        to.kind === 'numeric' && to.scale >= scale && to.precision - to.scale >= precision - scale,
      select: plain,
    },
    { when: (to) => to.kind === 'double' && precision <= 15, select: plain },
    { when: (to) => scale <= 0 && holdsInteger(to, precision - scale), select: plain },
    text,
  ];
}

const scaled = (sql: string, to: ColumnType, column: Guarded) =>
  to.kind === 'numeric' ? withinScale(sql, to, column) : sql;

const holdsInteger = (to: ColumnType, digits: number) =>
  (to.kind === 'bigint' && digits <= 18) ||
  (to.kind === 'int' && digits <= 9) ||
  (to.kind === 'smallint' && digits <= 4);
