import type { ColumnType } from '../../model/config/column-type.ts';
import { corrupt, inconsistent } from './error.ts';
import type { Annotation, Physical, SchemaElement } from './schema.ts';

/** A column before its size is known. */
export interface DeclaredColumn {
  name: string;
  type: string;
  hyper: ColumnType | undefined;
  nullable: boolean;
}

/**
 * Returns the columns of a schema, and for each leaf the index of the column it belongs to. Throws ParquetError
 * `inconsistent` for anything that makes hyperd refuse the whole file, whatever column is read.
 */
export function columnsOf(elements: readonly SchemaElement[]): {
  columns: DeclaredColumn[];
  leaves: number[];
} {
  const [root] = elements;
  if (root === undefined) throw corrupt('the schema is missing');
  const columns: DeclaredColumn[] = [];
  const leaves: number[] = [];
  const names = new Set<string>();
  let at = 1;
  while (columns.length < root.children) {
    const element = elements[at];
    if (element === undefined) throw corrupt('the schema ends too early');
    if (names.has(element.name)) throw inconsistent(`two columns are named "${element.name}"`);
    names.add(element.name);
    for (let open = 1; open > 0; at++) {
      const node = elements[at];
      if (node === undefined) throw corrupt('the schema ends too early');
      requireConsistent(node);
      if (node.children === 0) leaves.push(columns.length);
      open += node.children - 1;
    }
    columns.push(describe(element));
  }
  if (at !== elements.length) throw corrupt('the schema has more columns than it says');
  return { columns, leaves };
}

function requireConsistent(node: SchemaElement): void {
  if (node.repetition === undefined) {
    throw inconsistent(`"${node.name}" does not say whether it is optional`);
  }
  if (node.children === 0 && node.physical === undefined) {
    throw inconsistent(`"${node.name}" has neither a type nor columns`);
  }
  if (node.converted?.name === 'decimal') {
    throw inconsistent(`the decimal "${node.name}" has no precision or no scale`);
  }
}

function describe(element: SchemaElement): DeclaredColumn {
  const isNullable = element.repetition !== 'required';
  const { name, physical } = element;
  if (physical === undefined || element.children > 0 || element.repetition === 'repeated') {
    return { name, type: groupName(element), hyper: undefined, nullable: isNullable };
  }
  return { name, ...meaning(element, physical), nullable: isNullable };
}

/** hyperd has the reading of nested columns switched off. */
function groupName({ logical, converted, repetition }: SchemaElement): string {
  const name = (logical ?? converted)?.name;
  if (name === 'list' || name === 'map' || name === 'variant') return name;
  return repetition === 'repeated' ? 'list' : 'struct';
}

function meaning(
  { length, logical, converted }: SchemaElement,
  physical: Physical,
): { type: string; hyper: ColumnType | undefined } {
  const stored = physical === 'fixed' ? `fixed(${length})` : physical;
  const annotation = logical ?? converted;
  if (annotation === undefined)
    return { type: stored === 'int96' ? 'timestamp(int96)' : stored, hyper: unannotated[physical] };
  if (logical !== undefined && converted !== undefined && logical.name !== converted.name) {
    return { type: `${label(logical)}, but also ${label(converted)}`, hyper: undefined };
  }
  const places = placesOf(annotation);
  const hyper = places[physical === 'fixed' ? fixedPlace(annotation, length) : physical];
  const isMisplaced = hyper === undefined && Object.keys(places).length > 0;
  return { type: isMisplaced ? `${label(annotation)} in ${stored}` : label(annotation), hyper };
}

function label({ name, utc }: Annotation): string {
  return utc === true ? name.replace(')', ', UTC)') : name;
}

const unannotated: Readonly<Record<Physical, ColumnType>> = {
  boolean: { kind: 'boolean' },
  int32: { kind: 'int' },
  int64: { kind: 'bigint' },
  int96: { kind: 'timestamptz' },
  float: { kind: 'real' },
  double: { kind: 'double' },
  binary: { kind: 'bytes' },
  fixed: { kind: 'bytes' },
};

type Places = Partial<Record<Physical | 'long', ColumnType>>;

/** The meaning of an annotation for hyperd, by the physical type that carries it. */
const annotated: Readonly<Record<string, Places>> = {
  string: { binary: { kind: 'text' } },
  json: { binary: { kind: 'json' } },
  date: { int32: { kind: 'date' } },
  'time(us)': { int64: { kind: 'time' } },
  interval: { fixed: { kind: 'interval' } },
  int8: { int32: { kind: 'smallint' } },
  uint8: { int32: { kind: 'smallint' } },
  int16: { int32: { kind: 'smallint' } },
  uint16: { int32: { kind: 'int' } },
  int32: { int32: { kind: 'int' } },
  uint32: { int32: { kind: 'bigint' } },
  int64: { int64: { kind: 'bigint' } },
};

function placesOf(annotation: Annotation): Places {
  if (annotation.decimal !== undefined) return decimalPlaces(annotation.decimal);
  if (/^timestamp\((ms|us|ns)\)$/.test(annotation.name)) {
    return { int64: { kind: annotation.utc === true ? 'timestamptz' : 'timestamp' } };
  }
  return annotated[annotation.name] ?? {};
}

function decimalPlaces({ precision, scale }: { precision: number; scale: number }): Places {
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) return {};
  const hyper = { kind: 'numeric', precision, scale } as const;
  return { int32: hyper, int64: hyper, fixed: hyper };
}

/** A decimal has up to 16 bytes for hyperd, an interval exactly 12. */
function fixedPlace({ name }: Annotation, length: number): keyof Places {
  return length > 16 || (name === 'interval' && length !== 12) ? 'long' : 'fixed';
}
