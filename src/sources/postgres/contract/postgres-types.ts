import { formatColumnType, type ColumnType } from '../../../model/config/column-type.ts';
import { finite, flat, onTheGlobe, withinDay, withinScale, type Guarded } from '../sql/guards.ts';

/** A type as PostgreSQL's catalog knows it. */
export interface PostgresType {
  /** Absent where extracts made it: it is one of PostgreSQL's own then. */
  oid?: string;
  /** pg_type.typname: `int4`, `_text`. */
  name: string;
  /** format_type(): `character varying(20)`. */
  formatted: string;
  /** atttypmod; -1 for none. */
  modifier: number;
  /** pg_type.typcategory: `A` array, `E` enum, `R` range, … */
  category: string;
}

/** The way a column gets from PostgreSQL into Hyper without changing its value. */
export type TypeMapping =
  /** The SQL that yields it, made from the SQL of the column. */
  | { select: (column: string) => string }
  /** Contract types that would hold every value of it. */
  | { holders: readonly string[]; hint?: string };

/**
 * Returns whether every value of a PostgreSQL type arrives exactly in a contract type, and by which expression.
 * Properties that only the value shows (a text longer than varchar(n), more digits than the scale) are checked while
 * reading; silent changes are prevented by an expression that raises an error naming the value.
 */
export function mapType(from: PostgresType, to: ColumnType, column: Guarded): TypeMapping {
  const holders = holdersOf(from);
  const exact = conversions(from, column).find(({ when }) => when(to));
  if (exact !== undefined) return { select: (sql) => exact.select(sql, to) };
  return { holders, ...(hintFor(from, to) ?? {}) };
}

interface Conversion {
  when: (to: ColumnType) => boolean;
  select: (sql: string, to: ColumnType) => string;
}

const plain = (sql: string) => sql;
const asText = (sql: string) => `(${sql})::text`;
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

// eslint-disable-next-line max-lines-per-function -- one case for each type
function conversions(from: PostgresType, column: Guarded): Conversion[] {
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
        { when: kinds('real', 'double'), select: (sql) => `(${sql})::float8` },
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

/** typmod of numeric: ((precision << 16) | scale) + 4, the scale an 11-bit signed number (since PostgreSQL 15). */
export function declaredNumeric(modifier: number): { precision: number; scale: number } | undefined {
  if (modifier < 4) return undefined;
  const packed = modifier - 4;
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}

function holdersOf(from: PostgresType): string[] {
  const declared = declaredNumeric(from.modifier);
  switch (from.name) {
    case 'bool':
      return ['boolean', 'text'];
    case 'int2':
      return ['smallint', 'int', 'bigint', 'text'];
    case 'int4':
      return ['int', 'bigint', 'numeric(10,0)', 'text'];
    case 'int8':
      return ['bigint', 'numeric(19,0)', 'text'];
    case 'oid':
      return ['oid', 'bigint', 'text'];
    case 'float4':
      return ['real', 'double', 'text'];
    case 'float8':
      return ['double', 'text'];
    case 'numeric':
      return declared === undefined ? ['numeric(38,…)', 'text'] : [...roomyNumeric(declared), 'text'];
    case 'money':
      return ['numeric(19,2)', 'text'];
    case 'varchar':
    case 'bpchar':
      return [from.modifier > 4 ? `varchar(${from.modifier - 4})` : 'varchar(…)', 'text'];
    case 'json':
    case 'jsonb':
      return ['json', 'text'];
    case 'bytea':
      return ['bytes'];
    case 'date':
      return ['date', 'timestamp', 'text'];
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'interval':
      return [from.name, 'text'];
    case 'geometry':
    case 'geography':
      return ['geography', 'text'];
    default:
      return ['text'];
  }
}

function roomyNumeric({ precision, scale }: { precision: number; scale: number }): string[] {
  const fitting = {
    kind: 'numeric',
    precision: Math.max(precision - Math.min(scale, 0), scale),
    scale: Math.max(scale, 0),
  } as const;
  return fitting.precision <= 38 ? [formatColumnType(fitting)] : [];
}

function hintFor(from: PostgresType, to: ColumnType): { hint: string } | undefined {
  const hint = (text: string) => ({ hint: text });
  if (from.name === 'timestamptz' && to.kind === 'timestamp') {
    return hint(
      'an instant has no wall clock: set at_zone: UTC, or another zone, to load its wall clock there',
    );
  }
  if (from.name === 'timestamptz' && to.kind === 'date') {
    return hint('an instant is another day in each zone: set at_zone: UTC, or another zone');
  }
  if (from.name === 'timestamp' && to.kind === 'timestamptz') {
    return hint('set at_zone: Europe/Berlin, or the zone that the clock is in');
  }
  if (from.name === 'timetz' && to.kind === 'time')
    return hint('it would lose its offset: load text, or use expr:');
  const declared = from.name === 'numeric' ? declaredNumeric(from.modifier) : undefined;
  if (declared !== undefined && to.kind === 'numeric' && to.scale < declared.scale) {
    const isWide = to.precision - to.scale >= declared.precision - declared.scale;
    return isWide ? hint('set round: half_up to round it') : undefined;
  }
  if (from.name === 'numeric' && (to.kind === 'double' || to.kind === 'real')) {
    return hint('a double keeps 15 digits: if that is enough, write expr: "COLUMN::double precision"');
  }
  return undefined;
}
