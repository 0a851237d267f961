import type { ColumnType } from '../../../model/config/column-type.ts';
import { finite, flat, onTheGlobe, withinDay, withinScale, type Guarded } from '../sql/guards.ts';
import { declaredNumeric, type PostgresType } from './postgres-types.ts';

/** An expression that loads every value of a type exactly, and the contract types that it is for. */
export interface Conversion {
  suits: (to: ColumnType) => boolean;
  select: (sql: string, to: ColumnType) => string;
}

const plain = (sql: string) => sql;
const asText = (sql: string) => `(${sql})::pg_catalog.text`;
const kinds =
  (...names: ColumnType['kind'][]) =>
  (to: ColumnType) =>
    names.includes(to.kind);
const holdsWholeDigits = (to: ColumnType, digits: number) =>
  to.kind === 'numeric' && to.precision - to.scale >= digits;
const isText = kinds('text');
const asGeography = (column: Guarded): Conversion => ({
  suits: kinds('geography'),
  select: (sql) => flat(sql, column),
});

/** Returns the exact conversions of a type, the best first. */
// eslint-disable-next-line max-lines-per-function -- one case for each type
export function conversions(from: PostgresType, column: Guarded): Conversion[] {
  const length = from.modifier - 4;
  switch (from.name) {
    case 'bool':
      return [
        { suits: kinds('boolean'), select: plain },
        { suits: isText, select: asText },
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
        { suits: kinds('real', 'double'), select: (sql) => `(${sql})::pg_catalog.float8` },
        { suits: isText, select: asText },
      ];
    case 'float8':
      return [{ suits: kinds('double', 'text'), select: plain }];
    case 'numeric':
      return numeric(from, column);
    case 'money':
      return [
        { suits: kinds('numeric'), select: (sql, to) => scaled(`(${sql})::numeric`, to, column) },
        { suits: isText, select: asText },
      ];
    case 'text':
    case 'citext':
      return [{ suits: kinds('text', 'varchar', 'json'), select: plain }, asGeography(column)];
    case 'name':
      return [{ suits: kinds('text', 'varchar'), select: plain }];
    case 'varchar':
      return [
        { suits: kinds('text', 'varchar', 'json'), select: plain },
        asGeography(column),
        { suits: (to) => to.kind === 'char' && length > 0 && to.length >= length, select: plain },
      ];
    case 'bpchar':
      return [
        { suits: (to) => to.kind === 'char' && length > 0 && to.length >= length, select: plain },
        { suits: kinds('text', 'varchar'), select: asText },
      ];
    case 'char':
      return [{ suits: kinds('text', 'varchar', 'char'), select: asText }];
    case 'uuid':
      return [
        { suits: isText, select: plain },
        { suits: (to) => (to.kind === 'varchar' || to.kind === 'char') && to.length >= 36, select: plain },
      ];
    case 'json':
    case 'jsonb':
      return [{ suits: kinds('json', 'text'), select: plain }];
    case 'bytea':
      return [{ suits: kinds('bytes'), select: plain }];
    case 'date':
      return [
        { suits: kinds('date'), select: (sql) => finite(sql, 'date', column) },
        { suits: kinds('timestamp'), select: (sql) => finite(`(${sql})::timestamp`, 'timestamp', column) },
        { suits: isText, select: asText },
      ];
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return [
        { suits: kinds(from.name), select: (sql) => finite(sql, from.name, column) },
        { suits: isText, select: asText },
      ];
    case 'time':
      return [
        { suits: kinds('time'), select: (sql) => withinDay(sql, column) },
        { suits: isText, select: plain },
      ];
    case 'geometry':
    case 'geography':
      return [
        { suits: kinds('geography'), select: (sql) => onTheGlobe(`(${sql})::geometry`, column) },
        { suits: kinds('text', 'varchar'), select: asText },
      ];
    default:
      return [{ suits: kinds('text', 'varchar'), select: asText }];
  }
}

function integer(names: ColumnType['kind'][], digits: number): Conversion[] {
  return [
    { suits: kinds(...names, 'text'), select: plain },
    { suits: (to) => holdsWholeDigits(to, digits), select: plain },
  ];
}

function numeric(from: PostgresType, column: Guarded): Conversion[] {
  const declared = declaredNumeric(from.modifier);
  const text: Conversion = { suits: isText, select: plain };
  if (declared === undefined) {
    return [{ suits: kinds('numeric'), select: (sql, to) => scaled(sql, to, column) }, text];
  }
  const { precision, scale } = declared;
  return [
    {
      suits: (to) =>
        to.kind === 'numeric' && to.scale >= scale && to.precision - to.scale >= precision - scale,
      select: plain,
    },
    { suits: (to) => to.kind === 'double' && precision <= 15, select: plain },
    { suits: (to) => scale <= 0 && holdsInteger(to, precision - scale), select: plain },
    text,
  ];
}

const scaled = (sql: string, to: ColumnType, column: Guarded) =>
  to.kind === 'numeric' ? withinScale(sql, to, column) : sql;

const holdsInteger = (to: ColumnType, digits: number) =>
  (to.kind === 'bigint' && digits <= 18) ||
  (to.kind === 'int' && digits <= 9) ||
  (to.kind === 'smallint' && digits <= 4);
