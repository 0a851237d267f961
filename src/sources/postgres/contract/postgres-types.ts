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

/**
 * Returns precision and scale from the typmod of numeric: ((precision << 16) | scale) + 4, the scale an 11-bit signed number (since
 * PostgreSQL 15).
 */
export function declaredNumeric(modifier: number): { precision: number; scale: number } | undefined {
  if (modifier < 4) return undefined;
  const packed = modifier - 4;
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}
