import { formatColumnType } from '../../../model/config/column-type.ts';
import { declaredNumeric, type PostgresType } from './postgres-types.ts';

/** Returns the contract types that hold every value of a type. */
export function holdersOf(from: PostgresType): string[] {
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
