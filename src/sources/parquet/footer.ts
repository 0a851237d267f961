import { counted } from '../../model/base/numbers.ts';
import type { ColumnType } from '../../model/config/column-type.ts';
import { corrupt, encrypted, ParquetError } from './error.ts';
import { codecNames, readableCodecs } from './codecs.ts';
import { maxElements, readElement, type SchemaElement } from './schema.ts';
import { columnsOf } from './columns.ts';
import { ThriftReader } from './thrift.ts';

export interface ParquetFooter {
  rows: number;
  /** The columns, in the order of the file. */
  columns: readonly ParquetColumn[];
  /** Sum of the compressed column chunks: what reading all of it costs. */
  bytes: number;
}

export interface ParquetColumn {
  name: string;
  /** The usual name of the type: `int64`, `decimal(18,2)`, `timestamp(us, UTC)`, `string`, `list`. */
  type: string;
  /** The type as which hyperd reads it; undefined where hyperd does not. */
  hyper: ColumnType | undefined;
  nullable: boolean;
  compressedBytes: number;
}

/** A file or an object of which parts can be read. A read beyond the end may return less. */
export interface RandomAccess {
  size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

const tailLength = 64 * 1024;
const maxFooter = 64 * 1024 ** 2;
/** Four bytes of magic at both ends; before the last ones the footer's length. */
const frameLength = 12;

/**
 * Reads what a Parquet file says about itself, in one read of the last 64 KiB, and a second one where the footer is
 * longer. Throws ParquetError; errors of the source come through unchanged. The layout is that of apache/parquet-format
 * (README.md, src/main/thrift/parquet.thrift).
 */
export async function readFooter(source: RandomAccess): Promise<ParquetFooter> {
  const tail = await readExactly(source, Math.max(0, source.size - tailLength));
  const magic = tail.toString('latin1', tail.length - 4);
  if (magic === 'PARE') throw encrypted();
  if (magic !== 'PAR1' || tail.length < frameLength) throw await notParquet(source);
  const length = tail.readUInt32LE(tail.length - 8);
  if (length > maxFooter) {
    throw new ParquetError('too-large', `has a footer of ${length} bytes; the most that is read is 64 MiB`);
  }
  const start = source.size - 8 - length;
  if (start < 4) throw corrupt('it is longer than the file');
  const from = source.size - tail.length;
  const bytes = start >= from ? tail.subarray(start - from) : await readExactly(source, start);
  return parseFooter(bytes.subarray(0, length));
}

async function readExactly(source: RandomAccess, offset: number): Promise<Buffer> {
  const length = source.size - offset;
  const bytes = await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new ParquetError(
    'truncated',
    `ended ${counted(length - bytes.length, 'byte')} early while it was read`,
  );
}

async function notParquet(source: RandomAccess): Promise<ParquetError> {
  const head = await source.read(0, Math.min(4, source.size));
  return head.toString('latin1') === 'PAR1'
    ? new ParquetError('truncated', 'is cut off: it begins as a Parquet file, but its footer is missing')
    : new ParquetError('not-parquet', 'is no Parquet file: it does not end with PAR1');
}

/** FileMetaData. */
function parseFooter(bytes: Buffer): ParquetFooter {
  const reader = new ThriftReader(bytes);
  const elements: SchemaElement[] = [];
  const chunks: ChunkTotals = { bytes: [], codecs: [], fewest: Infinity };
  let rows: number | undefined;
  reader.struct((id, type) => {
    if (id === 2) reader.structs(type, () => elements.push(readElement(reader, elements.length)));
    else if (id === 3) rows = reader.integer(type);
    else if (id === 4) reader.structs(type, () => addRowGroup(reader, chunks));
    else if (id === 8) throw encrypted();
    else reader.skipValue(type);
  });
  if (rows === undefined || rows < 0) throw corrupt('the number of rows is missing');
  const { columns, leaves } = columnsOf(elements);
  const sizes = addLeaves(chunks, leaves);
  return {
    rows,
    columns: columns.map((column, at) => {
      const compressedBytes = sizes.bytes[at] ?? 0;
      const codec = sizes.codecs[at];
      return codec === undefined
        ? { ...column, compressedBytes }
        : { ...column, type: `${column.type}, compressed with ${codec}`, hyper: undefined, compressedBytes };
    }),
    bytes: sizes.total,
  };
}

/** Per leaf of the schema, over all row groups. */
interface ChunkTotals {
  bytes: number[];
  /** A codec that hyperd does not read, where one occurred. */
  codecs: (string | undefined)[];
  /** Chunks in the row group that has the fewest. */
  fewest: number;
}

/** RowGroup: one ColumnChunk for each leaf, in the order of the schema. */
function addRowGroup(reader: ThriftReader, totals: ChunkTotals): void {
  let leaf = 0;
  reader.struct((id, type) => {
    if (id === 1) reader.structs(type, () => addChunk(reader, totals, leaf++));
    else reader.skipValue(type);
  });
  totals.fewest = Math.min(totals.fewest, leaf);
}

function addChunk(reader: ThriftReader, totals: ChunkTotals, leaf: number): void {
  if (leaf >= maxElements) throw corrupt('it has too many columns');
  let size: number | undefined;
  reader.struct((id, type) => {
    if (id === 8 || id === 9) throw encrypted();
    if (id === 3) size = readChunk(reader, type, totals, leaf);
    else reader.skipValue(type);
  });
  if (size === undefined || size < 0) throw corrupt('the size of a column is missing');
  totals.bytes[leaf] = (totals.bytes[leaf] ?? 0) + size;
}

/** ColumnMetaData: its compressed size. */
function readChunk(
  reader: ThriftReader,
  type: number,
  totals: ChunkTotals,
  leaf: number,
): number | undefined {
  let size: number | undefined;
  reader.structOf(type, (id, inner) => {
    if (id === 4) addCodec(totals, leaf, reader.integer(inner));
    else if (id === 7) size = reader.integer(inner);
    else reader.skipValue(inner);
  });
  return size;
}

function addCodec(totals: ChunkTotals, leaf: number, codec: number): void {
  const name = codecNames[codec] ?? `codec ${codec}`;
  if (!readableCodecs.has(name)) totals.codecs[leaf] = name;
}

/** Adds up leaves by column: a nested column has several leaves, and may have none. */
function addLeaves(totals: ChunkTotals, leaves: readonly number[]) {
  if (totals.bytes.length > leaves.length || totals.fewest < leaves.length) {
    throw corrupt('its row groups do not have the columns of its schema');
  }
  const bytes: number[] = [];
  const codecs: (string | undefined)[] = [];
  let total = 0;
  for (const [leaf, column] of leaves.entries()) {
    const size = totals.bytes[leaf] ?? 0;
    bytes[column] = (bytes[column] ?? 0) + size;
    codecs[column] ??= totals.codecs[leaf];
    total += size;
  }
  if (!Number.isSafeInteger(total)) throw corrupt('the sizes of its columns are out of range');
  return { bytes, codecs, total };
}
