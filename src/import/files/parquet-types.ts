import { formatColumnType, parseColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { ParquetColumn } from '../../sources/parquet/footer.ts';
import { fitParquet } from '../../sources/parquet/index.ts';

/** A form in which some files have a column. */
export interface ParquetVariant {
  column: ParquetColumn;
  file: string;
}

interface TypeOfFile {
  type: string;
  file: string;
}

/** How a column is written, why it is not, or two files that no type fits. */
export type ParquetChoice =
  | { settings: Written.ColumnSettings; comment?: string }
  | { reason: string }
  | { conflict: readonly [TypeOfFile, TypeOfFile] };

/** Types that hold what several others do, the narrow ones first. */
const wider = ['int', 'bigint', 'double', 'timestamp', 'numeric(38,0)', 'text'];

/** Returns the type that takes a column from every file exactly. */
export function chooseParquetType(
  variants: readonly ParquetVariant[],
  { generatesTemplate }: { generatesTemplate: boolean },
): ParquetChoice {
  const [first, ...others] = variants;
  if (first === undefined) throw new Error('a column has a type');
  const unread = variants.find(({ column }) => column.hyper === undefined);
  if (unread !== undefined) {
    const where = others.length === 0 ? '' : ` in ${unread.file}`;
    return { reason: `${unread.column.type}${where}: ${whyUnread(unread.column)}` };
  }
  if (generatesTemplate && first.column.hyper?.kind === 'bytes')
    return { reason: 'Tableau has no type for bytes' };
  const candidates = [
    ...variants.flatMap(({ column: { hyper } }) => (hyper === undefined ? [] : [hyper])),
    ...wider.map(typeNamed),
  ];
  const choice = candidates
    .map((type) => settingsFor(type, variants, generatesTemplate))
    .find((settings) => settings !== undefined && variants.every(({ column }) => fits(column, settings)));
  if (choice === undefined) {
    const [second = first] = others;
    return { conflict: [typeIn(first), typeIn(second)] };
  }
  return { settings: choice, ...remarkOn(variants, choice) };
}

const typeIn = ({ column: { type }, file }: ParquetVariant): TypeOfFile => ({ type, file });

function whyUnread({ type }: ParquetColumn): string {
  if (/^(?:list|map|struct|variant)\b/.test(type)) return 'nested columns are not read';
  if (type.includes(', compressed with ')) return 'Hyper does not unpack it';
  if (type.startsWith('decimal(')) return 'Hyper reads decimals of at most 38 digits in 16 bytes';
  return 'Hyper does not read this type';
}

/** Returns a type as it is written; undefined if it is not wanted. */
function settingsFor(
  type: ColumnType,
  variants: readonly ParquetVariant[],
  generatesTemplate: boolean,
): Written.ColumnSettings | undefined {
  const isForTableau = !['time', 'interval', 'bytes', 'json', 'oid'].includes(type.kind);
  if (generatesTemplate && !isForTableau) return undefined;
  const isFine = variants.some(({ column }) => /^timestamp\((?:ns|int96)/.test(column.type));
  const truncate = isFine && type.kind.startsWith('timestamp') ? { truncate: 'microseconds' as const } : {};
  // Tableau has no type for instants.
  if (type.kind === 'timestamptz') return { type: 'timestamp', at_zone: 'UTC', ...truncate };
  return { type: formatColumnType(type), ...truncate };
}

function fits(column: ParquetColumn, { type, at_zone: atZone }: Written.ColumnSettings): boolean {
  const settings = typeof atZone === 'string' ? { atZone } : {};
  return 'load' in fitParquet(column, typeNamed(type), false, settings);
}

function typeNamed(text: string): ColumnType {
  const type = parseColumnType(text);
  if ('problem' in type) throw new Error(type.problem);
  return type;
}

function remarkOn(
  variants: readonly ParquetVariant[],
  { type, at_zone: atZone, truncate }: Written.ColumnSettings,
): { comment?: string } {
  const remarks = [
    ...(typeof atZone === 'string' ? ['instants: another zone gives its clock'] : []),
    ...(truncate === undefined ? [] : ['REVIEW: nanoseconds are cut off']),
    ...(variants.length > 1
      ? [`${variants.map(({ column }) => column.type).join(' and ')} in different files`]
      : []),
    ...(type === 'text' && variants.every(({ column }) => column.hyper?.kind !== 'text')
      ? [variants.map(({ column }) => column.type).join(', ')]
      : []),
  ];
  return remarks.length === 0 ? {} : { comment: remarks.join('; ') };
}
