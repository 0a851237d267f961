import type { ColumnType } from '../model/config/column-type.ts';
import type { LocalType } from '../model/config/data-source.ts';

/** The description of a .hyper column in a .tds. */
export interface ColumnShape {
  localType: LocalType;
  /** An OLE DB type number (DBTYPE). */
  remoteType: number;
  /** The default aggregation of the field in a Tableau view. */
  aggregation: 'Count' | 'Sum' | 'Year' | 'Collect';
  precision?: number;
  scale?: number;
  width?: number;
}

/**
 * Returns the shape of a Hyper type in files that Desktop saved; undefined for types that no such file has. `smallint`,
 * `real`, sized text and json follow the same numbering without a file to prove it.
 */
export function columnShape(type: ColumnType): ColumnShape | undefined {
  switch (type.kind) {
    case 'text':
    case 'json':
      return { localType: 'string', remoteType: 129, aggregation: 'Count' };
    case 'varchar':
    case 'char':
      return { localType: 'string', remoteType: 129, aggregation: 'Count', width: type.length };
    case 'smallint':
      return { localType: 'integer', remoteType: 2, aggregation: 'Sum' };
    case 'int':
      return { localType: 'integer', remoteType: 3, aggregation: 'Sum' };
    case 'bigint':
      return { localType: 'integer', remoteType: 20, aggregation: 'Sum' };
    case 'real':
      return { localType: 'real', remoteType: 4, aggregation: 'Sum' };
    case 'double':
      return { localType: 'real', remoteType: 5, aggregation: 'Sum' };
    case 'numeric':
      return {
        localType: type.scale === 0 ? 'integer' : 'real',
        remoteType: 131,
        aggregation: 'Sum',
        precision: type.precision,
        scale: type.scale,
      };
    case 'boolean':
      return { localType: 'boolean', remoteType: 11, aggregation: 'Count' };
    case 'date':
      return { localType: 'date', remoteType: 133, aggregation: 'Year' };
    case 'timestamp':
      return { localType: 'datetime', remoteType: 135, aggregation: 'Year' };
    case 'geography':
      return { localType: 'spatial', remoteType: 128, aggregation: 'Collect' };
    case 'timestamptz':
    case 'time':
    case 'interval':
    case 'bytes':
    case 'oid':
      return undefined;
  }
}

/**
 * Returns the column type of a .tds column, as far as the .tds determines it: `char` comes back as `varchar`, `json`
 * as `text`. Numbers of other sources (130 for text of Excel) fall back on the local type.
 */
export function columnTypeOf(
  localType: string | undefined,
  remoteType: string | undefined,
  size: { precision?: number | undefined; scale?: number | undefined; width?: number | undefined } = {},
): ColumnType {
  const { precision, scale = 0, width } = size;
  if (remoteType === '2') return { kind: 'smallint' };
  if (remoteType === '3') return { kind: 'int' };
  if (remoteType === '4') return { kind: 'real' };
  if (remoteType === '129' && width !== undefined) return { kind: 'varchar', length: width };
  if (remoteType === '131' && precision !== undefined) return { kind: 'numeric', precision, scale };
  return { kind: byLocalType[localType ?? ''] ?? 'text' };
}

const byLocalType: Readonly<
  Record<string, 'text' | 'bigint' | 'double' | 'boolean' | 'date' | 'timestamp' | 'geography'>
> = {
  string: 'text',
  integer: 'bigint',
  real: 'double',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamp',
  spatial: 'geography',
};
