import { counted } from '../../model/base/numbers.ts';
import { formatColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { CatalogColumn } from '../../sources/postgres/contract/catalog.ts';
import { declaredNumeric, type PostgresType } from '../../sources/postgres/contract/postgres-types.ts';
import type { Measured } from '../../sources/postgres/listing/measure.ts';

/** How a column is written, or why it is not. */
export type ColumnChoice =
  { settings: Pick<Written.ColumnSettings, 'type' | 'at_zone'>; comment?: string } | { reason: string };

export interface TypeContext {
  /** The facts that the values show; undefined if they were not read. */
  measured: Measured | undefined;
  /** ` in the first 100 000 rows`, where not all rows were looked at; empty otherwise. */
  within: string;
  /** Types that a generated data source cannot show become others. */
  generatesTemplate: boolean;
}

/** Chooses the type of the contract that holds every value of a column exactly. */
export function chooseType({ type }: CatalogColumn, context: TypeContext): ColumnChoice {
  const { measured, within, generatesTemplate } = context;
  switch (type.name) {
    case 'numeric':
      return numeric(type, context);
    case 'money':
      return measured?.special === true ? asText('money', within) : money(measured);
    case 'date':
    case 'timestamp':
      return measured?.special === true ? asText(type.formatted, within) : of(type.name);
    case 'timestamptz':
      if (measured?.special === true) return asText(type.formatted, within);
      return generatesTemplate
        ? {
            settings: { type: 'timestamp', at_zone: 'UTC' },
            comment: 'REVIEW: an instant, as the clock shows it in UTC',
          }
        : of('timestamptz');
    case 'time':
    case 'interval':
      if (measured?.special === true) return asText(type.formatted, within);
      return generatesTemplate ? of('text', type.formatted) : of(type.name);
    case 'bytea':
      return generatesTemplate ? { reason: 'Tableau has no type for bytes' } : of('bytes');
    case 'geometry':
    case 'geography':
      return geography(type);
    default:
      return plain(type);
  }
}

const of = (type: string, comment?: string): ColumnChoice => ({
  settings: { type },
  ...(comment !== undefined && { comment }),
});

const asText = (formatted: string, within: string) =>
  of('text', `REVIEW: ${formatted} with values that only text can hold${within}`);

/** Types that need no look at their values. */
function plain(type: PostgresType): ColumnChoice {
  const length = type.modifier - 4;
  switch (type.name) {
    case 'bool':
      return of('boolean');
    case 'int2':
      return of('smallint');
    case 'int4':
      return of('int');
    case 'int8':
    case 'oid':
      return of('bigint');
    case 'float4':
    case 'float8':
      return of('double');
    case 'text':
    case 'citext':
    case 'name':
      return of('text');
    case 'varchar':
    case 'bpchar':
      return of(length > 0 ? `varchar(${length})` : 'text');
    default:
      return of('text', type.formatted);
  }
}

function numeric(type: PostgresType, { measured, within }: TypeContext): ColumnChoice {
  if (measured?.special === true) return asText(type.formatted, within);
  const declared = declaredNumeric(type.modifier);
  if (declared === undefined) return bareNumeric(measured, within);
  const { precision, scale } = declared;
  const wanted = Math.max(precision - Math.min(scale, 0), scale);
  if (wanted > 38) return of('text', `REVIEW: ${type.formatted} has more digits than numeric can hold`);
  return of(formatted(wanted, Math.max(scale, 0)));
}

/** Digits of a column that declares none: as many as fit into 8 bytes (18) or 16 (38), with the decimals that occur. */
function bareNumeric(measured: Measured | undefined, within: string): ColumnChoice {
  const digits = measured?.digits;
  if (digits === undefined)
    return of('numeric(18,4)', 'REVIEW: numeric without precision, and no value to judge by');
  const { whole, scale } = digits;
  if (whole + scale > 38)
    return of(
      'text',
      `REVIEW: numeric with ${counted(whole, 'digit')} before and ${scale} after the point${within}: numeric holds 38`,
    );
  const precision = whole + scale <= 18 ? 18 : 38;
  const comment = `REVIEW: numeric without precision; at most ${counted(whole, 'digit')} before and ${scale} after the point${within}`;
  return of(formatted(precision, scale), comment);
}

function money(measured: Measured | undefined): ColumnChoice {
  const scale = measured?.digits?.scale ?? 2;
  return of(formatted(19, scale), 'money');
}

/** Every value must be a point of longitude and latitude without Z and M: only a declared type promises that. */
function geography({ name, formatted: text }: PostgresType): ColumnChoice {
  const [, shape = '', srid] = /^[^(]*\((\w+)(?:,(\d+))?\)$/.exec(text) ?? [];
  const isFlat = !/(?:Z|M)$/i.test(shape);
  const isOnGlobe = srid === '4326' || (name === 'geography' && srid === undefined);
  if (shape !== '' && isFlat && isOnGlobe) return of('geography');
  return of('text', `REVIEW: ${text}; geography where every value has SRID 4326 and neither Z nor M`);
}

function formatted(precision: number, scale: number): string {
  const type: ColumnType = { kind: 'numeric', precision, scale };
  return formatColumnType(type);
}
