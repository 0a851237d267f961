import { createHash } from 'node:crypto';

/** Identifiers are hashes of names: the same description gives the same bytes, on every machine and at every time. */
function digest(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(parts.join('\u0000')).digest();
}

/** `hyper.0m7d4ma1qnl7g01gn43z20jsuuis`: 28 characters of base 36, as Desktop's are. */
export function connectionId(prefix: 'hyper' | 'federated', name: string): string {
  const number = BigInt(`0x${digest(prefix, name).toString('hex')}`);
  return `${prefix}.${number.toString(36).slice(0, 28)}`;
}

/** `sales (public.sales)_09F2…`. Workbooks that count rows refer to it, so it depends on the table alone. */
export function objectId(schema: string, table: string): string {
  return `${table} (${schema}.${table})_${digest('object', schema, table).toString('hex', 0, 16).toUpperCase()}`;
}

/** `Parameter_1368249927221915648`. Workbooks refer to it, so it depends on the caption alone. */
export function parameterId(caption: string): string {
  return `Parameter_${digest('parameter', caption).readBigUInt64BE(0) >> 4n}`;
}

/** `Calculation_1368249927221915648`: 18 digits or so. Workbooks refer to it, so it depends on the caption alone. */
export function calculationId(caption: string): string {
  return `Calculation_${digest('calculation', caption).readBigUInt64BE(0) >> 4n}`;
}
