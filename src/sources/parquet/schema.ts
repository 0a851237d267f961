import { corrupt } from './error.ts';
import type { ThriftReader } from './thrift.ts';

/** One node of the schema; the tree is written depth first. */
export interface SchemaElement {
  name: string;
  /** undefined for a group. */
  physical: Physical | undefined;
  /** Bytes of a fixed-length value. */
  length: number;
  repetition: Repetition | undefined;
  children: number;
  /** The ConvertedType, the older way to annotate the meaning of the bytes. */
  converted: Annotation | undefined;
  /** The LogicalType, the newer way. Files usually have both. */
  logical: Annotation | undefined;
}

export type Physical = (typeof physicals)[number];
type Repetition = (typeof repetitions)[number];

/** The meaning of the bytes of a column. `utc`: it is a moment, not the reading of a wall clock. */
export interface Annotation {
  name: string;
  utc?: boolean;
  decimal?: { precision: number; scale: number } | undefined;
}

/** Hyper tables have thousands of columns at most; this bounds what a hostile footer makes us hold. */
export const maxElements = 100_000;

const physicals = ['boolean', 'int32', 'int64', 'int96', 'float', 'double', 'binary', 'fixed'] as const;
const repetitions = ['required', 'optional', 'repeated'] as const;

/** ConvertedType, by number; `decimal` is completed from precision and scale. */
const convertedNames: readonly string[] = [
  'string',
  'map',
  'map',
  'list',
  'enum',
  'decimal',
  'date',
  'time(ms)',
  'time(us)',
  'timestamp(ms)',
  'timestamp(us)',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'int8',
  'int16',
  'int32',
  'int64',
  'json',
  'bson',
  'interval',
];

/** The members of the LogicalType union that have no properties of their own. */
const plainLogicals: Readonly<Record<number, string>> = {
  1: 'string',
  2: 'map',
  3: 'list',
  4: 'enum',
  6: 'date',
  11: 'null',
  12: 'json',
  13: 'bson',
  14: 'uuid',
  15: 'float16',
  16: 'variant',
  17: 'geometry',
  18: 'geography',
};

/** SchemaElement; `before` are the elements already read. */
export function readElement(reader: ThriftReader, before: number): SchemaElement {
  if (before >= maxElements) throw corrupt('it has too many columns');
  let name: string | undefined;
  let physical: Physical | undefined;
  let converted: number | undefined;
  let logical: Annotation | undefined;
  let repetition: Repetition | undefined;
  const numbers: { length?: number; children?: number; scale?: number; precision?: number } = {};
  reader.struct((id, type) => {
    if (id === 1) physical = oneOf(physicals, reader.integer(type), 'type');
    else if (id === 2) numbers.length = reader.integer(type);
    else if (id === 3) repetition = oneOf(repetitions, reader.integer(type), 'repetition');
    else if (id === 4) name = reader.text(type);
    else if (id === 5) numbers.children = reader.integer(type);
    else if (id === 6) converted = reader.integer(type);
    else if (id === 7) numbers.scale = reader.integer(type);
    else if (id === 8) numbers.precision = reader.integer(type);
    else if (id === 10) logical = readLogical(reader, type);
    else reader.skipValue(type);
  });
  if (name === undefined) throw corrupt('the name of a column is missing');
  const { length = 0, children = 0, scale, precision } = numbers;
  if (children < 0) throw corrupt('a group has fewer than no columns');
  return {
    name,
    physical,
    length,
    repetition,
    children,
    converted: converted === undefined ? undefined : convertedAnnotation(converted, precision, scale),
    logical,
  };
}

function oneOf<T>(known: readonly T[], index: number, what: string): T {
  const found = known[index];
  if (found === undefined) throw corrupt(`${index} is no ${what}`);
  return found;
}

function convertedAnnotation(
  code: number,
  precision: number | undefined,
  scale: number | undefined,
): Annotation {
  const name = convertedNames[code] ?? `converted type ${code}`;
  if (name !== 'decimal') return { name, ...(name.startsWith('timestamp') ? { utc: true } : {}) };
  return precision === undefined || scale === undefined
    ? { name, decimal: undefined }
    : decimalAnnotation(precision, scale);
}

function decimalAnnotation(precision: number, scale: number): Annotation {
  return { name: `decimal(${precision},${scale})`, decimal: { precision, scale } };
}

function readLogical(reader: ThriftReader, type: number): Annotation {
  let found: Annotation = { name: 'a logical type without a name' };
  reader.structOf(type, (id, memberType) => {
    if (id === 5) found = readDecimal(reader, memberType);
    else if (id === 7) found = { name: `time(${readClock(reader, memberType).unit})` };
    else if (id === 8) found = readTimestamp(reader, memberType);
    else if (id === 10) found = readInteger(reader, memberType);
    else {
      found = { name: plainLogicals[id] ?? `logical type ${id}` };
      reader.skipValue(memberType);
    }
  });
  return found;
}

function readDecimal(reader: ThriftReader, type: number): Annotation {
  let scale = 0;
  let precision = 0;
  reader.structOf(type, (id, inner) => {
    if (id === 1) scale = reader.integer(inner);
    else if (id === 2) precision = reader.integer(inner);
    else reader.skipValue(inner);
  });
  return decimalAnnotation(precision, scale);
}

function readTimestamp(reader: ThriftReader, type: number): Annotation {
  const { unit, utc } = readClock(reader, type);
  return { name: `timestamp(${unit})`, utc };
}

/** TimeType and TimestampType are alike; the unit is a union of empty structs. */
function readClock(reader: ThriftReader, type: number): { unit: string; utc: boolean } {
  const units = ['ms', 'us', 'ns'];
  let unit = 'unknown unit';
  let utc = false;
  reader.structOf(type, (id, inner) => {
    if (id === 1) utc = reader.boolean(inner);
    else if (id === 2) {
      reader.structOf(inner, (member, memberType) => {
        unit = units[member - 1] ?? unit;
        reader.skipValue(memberType);
      });
    } else reader.skipValue(inner);
  });
  return { unit, utc };
}

function readInteger(reader: ThriftReader, type: number): Annotation {
  let bits = 0;
  let prefix = 'uint';
  reader.structOf(type, (id, inner) => {
    if (id === 1) bits = reader.integer(inner);
    else if (id === 2) prefix = reader.boolean(inner) ? 'int' : 'uint';
    else reader.skipValue(inner);
  });
  return { name: `${prefix}${bits}` };
}
