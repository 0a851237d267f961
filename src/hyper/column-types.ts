import { parseColumnType, storedType, type ColumnType } from '../model/config/column-type.ts';
import { never } from '../model/base/never.ts';

/** The SQL type under which a contract type is stored. */
export function hyperSqlType(contract: ColumnType): string {
  return sqlType(storedType(contract));
}

/** A type as SQL, whether or not it can be stored. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'double':
      return 'double precision';
    case 'geography':
      return 'tableau.tabgeography';
    case 'bytes':
      return 'bytea';
    case 'numeric':
      return `numeric(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return `${type.kind}(${type.length})`;
    case 'boolean':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'text':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
    case 'json':
    case 'oid':
    case 'real':
      return type.kind;
    default:
      return never(type);
  }
}

/** Reads what `format_type()` prints for a stored column. */
export function fromHyperType(formatted: string): ColumnType | { kind: 'other'; name: string } {
  const spelled = formatted
    .replace(/^character varying/, 'varchar')
    .replace(/^character\b/, 'char')
    .replace(/^tabgeography$/, 'geography');
  const type = parseColumnType(spelled);
  return 'problem' in type ? { kind: 'other', name: formatted } : type;
}
