/** A value as Thrift's compact protocol writes it. */
export type Value =
  | { i8: number }
  | { i32: number }
  | { i64: number | bigint }
  | { bool: boolean }
  | { text: string | Buffer }
  | { list: readonly Struct[] }
  | { numbers: readonly number[] }
  | { texts: readonly string[] }
  | { struct: Struct };

/** Fields by id, ascending. */
export type Struct = Readonly<Record<number, Value>>;

/** A Parquet file; without pages it is only its frame. */
export function parquetFile(footer: Buffer, pages: Buffer = Buffer.alloc(0), magic = 'PAR1'): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from(magic), pages, footer, length, Buffer.from(magic)]);
}

/** A file of one required column `a` in one page: `values` in plain encoding, uncompressed. */
export function parquetColumn(physical: number, element: Struct, values: readonly Buffer[]): Buffer {
  const data = Buffer.concat(values);
  const header = encode({
    1: { i32: 0 },
    2: { i32: data.length },
    3: { i32: data.length },
    5: { struct: { 1: { i32: values.length }, 2: { i32: 0 }, 3: { i32: 3 }, 4: { i32: 3 } } },
  });
  const size = { i64: header.length + data.length };
  const metadata: Struct = {
    1: { i32: physical },
    2: { numbers: [0] },
    3: { texts: ['a'] },
    4: { i32: 0 },
    5: { i64: values.length },
    6: size,
    7: size,
    9: { i64: 4 },
  };
  const rows = { i64: values.length };
  const rowGroup: Struct = { 1: { list: [{ 2: { i64: 4 }, 3: { struct: metadata } }] }, 2: size, 3: rows };
  const column: Struct = { 1: { i32: physical }, 3: { i32: 0 }, 4: { text: 'a' }, ...element };
  const footer = footerOf([column], 1, { 3: rows, 4: { list: [rowGroup] } });
  return parquetFile(footer, Buffer.concat([header, data]));
}

/** FileMetaData of a file without rows whose root has these elements, depth first. */
export function footerOf(elements: readonly Struct[], roots: number, more: Struct = {}): Buffer {
  const root: Struct = { 4: { text: 'schema' }, 5: { i32: roots } };
  return encode({
    1: { i32: 1 },
    2: { list: [root, ...elements] },
    3: { i64: 0 },
    4: { list: [] },
    ...more,
  });
}

export function encode(struct: Struct): Buffer {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [key, value] of Object.entries(struct)) {
    const id = Number(key);
    parts.push(fieldHeader(id - last, id, typeOf(value)), body(value));
    last = id;
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function fieldHeader(delta: number, id: number, type: number): Buffer {
  return delta > 0 && delta < 16
    ? Buffer.from([(delta << 4) | type])
    : Buffer.concat([Buffer.from([type]), varint(zigzag(BigInt(id)))]);
}

function typeOf(value: Value): number {
  if ('bool' in value) return value.bool ? 1 : 2;
  if ('i8' in value) return 3;
  if ('i32' in value) return 5;
  if ('i64' in value) return 6;
  if ('text' in value) return 8;
  return 'struct' in value ? 12 : 9;
}

function body(value: Value): Buffer {
  if ('bool' in value) return Buffer.alloc(0);
  if ('i8' in value) return Buffer.from([value.i8 & 0xff]);
  if ('i32' in value) return varint(zigzag(BigInt(value.i32)));
  if ('i64' in value) return varint(zigzag(BigInt(value.i64)));
  if ('text' in value) {
    const bytes = Buffer.from(value.text);
    return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
  }
  if ('struct' in value) return encode(value.struct);
  if ('list' in value) return list(12, value.list.map(encode));
  return 'numbers' in value
    ? list(
        5,
        value.numbers.map((number) => body({ i32: number })),
      )
    : list(
        8,
        value.texts.map((text) => body({ text })),
      );
}

function list(type: number, elements: readonly Buffer[]): Buffer {
  const { length } = elements;
  const header =
    length < 15
      ? Buffer.from([(length << 4) | type])
      : Buffer.concat([Buffer.from([0xf0 | type]), varint(BigInt(length))]);
  return Buffer.concat([header, ...elements]);
}

function zigzag(value: bigint): bigint {
  return value < 0n ? -value * 2n - 1n : value * 2n;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
