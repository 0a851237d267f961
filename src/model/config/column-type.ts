import { getOwn } from '../base/get-own.ts';
import { ownSpelling, printedNames } from './type-names.ts';

/**
 * A column's type in Hyper's own names. The contract of a table is made of these; every source defines how its values
 * become one of them.
 */
export type ColumnType = SimpleType | NumericType | SizedText;

export interface SimpleType {
  kind: SimpleKind;
}

/** `numeric(precision, scale)`: 1 ≤ precision ≤ 38, 0 ≤ scale ≤ precision. */
export interface NumericType {
  kind: 'numeric';
  precision: number;
  scale: number;
}

/** `varchar(n)` and `char(n)`: length counts characters, not bytes. */
export interface SizedText {
  kind: 'varchar' | 'char';
  length: number;
}

const simpleKinds = [
  'boolean',
  'smallint',
  'int',
  'bigint',
  'real',
  'double',
  'text',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'bytes',
  'json',
  'geography',
  'oid',
] as const;

type SimpleKind = (typeof simpleKinds)[number];

const aliases: Readonly<Record<string, SimpleKind>> = {
  bool: 'boolean',
  small_int: 'smallint',
  int2: 'smallint',
  integer: 'int',
  int32: 'int',
  int4: 'int',
  big_int: 'bigint',
  int64: 'bigint',
  int8: 'bigint',
  float4: 'real',
  'double precision': 'double',
  float8: 'double',
  string: 'text',
  varchar: 'text',
  timestamp_tz: 'timestamptz',
  bytea: 'bytes',
};

/** Every spelling `parseColumnType` knows without arguments: for suggestions and documentation. */
export const columnTypeNames: readonly string[] = [...simpleKinds, ...Object.keys(aliases), ...printedNames];

/**
 * Parses a type as users write it (`numeric(18,4)`, `varchar(20)`, `big_int`, `character varying(20)`), or returns one sentence
 * about why it is not a type. Letter case and spaces are ignored.
 */
export function parseColumnType(text: string): ColumnType | { problem: string } {
  const normal = ownSpelling(text.trim().toLowerCase().replace(/\s+/g, ' '));
  const simple = getOwn(aliases, normal) ?? simpleKinds.find((kind) => kind === normal);
  if (simple !== undefined) return { kind: simple };
  const [, name = '', inside] = /^([a-z_ ]+?) ?\(([^)]*)\)$/.exec(normal) ?? [];
  const numbers = inside?.split(',').map((part) => (/^ ?\d+ ?$/.test(part) ? Number(part) : NaN)) ?? [];
  if (name === 'numeric' || name === 'decimal') return numeric(numbers);
  if (name === 'varchar' || name === 'char') return sized(name, numbers);
  if (normal === 'numeric' || normal === 'decimal') {
    return { problem: 'numeric needs a precision and a scale, for example numeric(18,4)' };
  }
  if (normal === 'char') return { problem: 'char needs a length, for example char(2)' };
  return { problem: `"${text}" is no column type` };
}

export function formatColumnType(type: ColumnType): string {
  switch (type.kind) {
    case 'numeric':
      return `numeric(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return `${type.kind}(${type.length})`;
    default:
      return type.kind;
  }
}

/**
 * Returns the type that an extract has after this one was written to it. `real` becomes double: 32-bit floats need
 * database version 4, which only Tableau 2024.3 and later reads, and every real is exact as a double. `char(1)` becomes
 * `varchar(1)`: Hyper silently cuts longer values into its own char(1).
 */
export function storedType(type: ColumnType): ColumnType {
  if (type.kind === 'real') return { kind: 'double' };
  if (type.kind === 'char' && type.length === 1) return { kind: 'varchar', length: 1 };
  return type;
}

/** Returns why a column of this type cannot be stored in an extract of this version, or undefined if it can. */
export function versionProblem(type: ColumnType, version: number): string | undefined {
  if (type.kind !== 'numeric' || type.precision <= 18 || version >= 3) return undefined;
  return `${formatColumnType(type)} needs extract version 3 (Tableau 2022.4 or later): version ${version} keeps 18 digits`;
}

/** Returns true for types whose values Tableau would sum. */
export function isNumber({ kind }: ColumnType): boolean {
  return ['smallint', 'int', 'bigint', 'real', 'double', 'numeric'].includes(kind);
}

export function isSameColumnType(one: ColumnType, other: ColumnType): boolean {
  return formatColumnType(one) === formatColumnType(other);
}

function numeric([precision = NaN, scale = 0, ...rest]: number[]): ColumnType | { problem: string } {
  const fits = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision && rest.length === 0;
  return fits
    ? { kind: 'numeric', precision, scale }
    : { problem: 'numeric takes a precision of 1 to 38 and a scale of 0 to the precision: numeric(18,4)' };
}

function sized(
  kind: 'varchar' | 'char',
  [length = NaN, ...rest]: number[],
): ColumnType | { problem: string } {
  const fits = length >= 1 && rest.length === 0;
  return fits ? { kind, length } : { problem: `${kind} takes one length of at least 1: ${kind}(20)` };
}
