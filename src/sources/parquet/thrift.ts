import { corrupt } from './error.ts';

/**
 * The type nibble of a field or list element in Thrift's compact protocol. A boolean field has its value there.
 * From doc/specs/thrift-compact-protocol.md of apache/thrift.
 */
const wire = {
  stop: 0,
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const;

/** Parquet's own structures are six deep. */
const maxDepth = 24;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Walks over one struct in Thrift's compact protocol: the caller takes the fields it knows, in the order of the
 * bytes, and skips the others, so nothing is built that is not needed. Every step consumes at least one byte, so work
 * is linear in the bytes whatever they say. Throws ParquetError `corrupt`.
 */
export class ThriftReader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Calls `field` for each field of a struct; it must consume the value by one call of a method below. */
  struct(field: (id: number, type: number) => void): void {
    this.#nest(() => {
      for (let id = 0; ;) {
        const header = this.#byte();
        if (header === wire.stop) return;
        const delta = header >> 4;
        id = delta === 0 ? this.#varint() : id + delta;
        field(id, header & 0x0f);
      }
    });
  }

  /** A struct where `type` promises one. */
  structOf(type: number, field: (id: number, type: number) => void): void {
    this.#expect(type, wire.struct, 'a struct');
    this.struct(field);
  }

  /** Calls `element` for each struct of a list; it must consume it by `struct`. */
  structs(type: number, element: () => void): void {
    this.#expect(type, wire.list, 'a list');
    const { size, of } = this.#listHeader();
    if (size > 0) this.#expect(of, wire.struct, 'a list of structs');
    for (let index = 0; index < size; index++) element();
  }

  integer(type: number): number {
    if (type === wire.i8) return (this.#byte() << 24) >> 24;
    if (type !== wire.i16 && type !== wire.i32 && type !== wire.i64) throw corrupt('a number is missing');
    return this.#varint();
  }

  boolean(type: number): boolean {
    if (type !== wire.true && type !== wire.false) throw corrupt('a truth value is missing');
    return type === wire.true;
  }

  text(type: number): string {
    this.#expect(type, wire.binary, 'a text');
    const start = this.#advance(this.#size());
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw corrupt('a name is not UTF-8');
    }
  }

  skipValue(type: number): void {
    switch (type) {
      case wire.true:
      case wire.false:
        return;
      case wire.i8:
        this.#advance(1);
        return;
      case wire.i16:
      case wire.i32:
      case wire.i64:
        this.#skipVarint();
        return;
      case wire.double:
        this.#advance(8);
        return;
      case wire.uuid:
        this.#advance(16);
        return;
      case wire.binary:
        this.#advance(this.#size());
        return;
      case wire.list:
      case wire.set: {
        const { size, of } = this.#listHeader();
        this.#nest(() => this.#skipElements(size, of));
        return;
      }
      case wire.map: {
        const size = this.#size();
        if (size === 0) return;
        const types = this.#byte();
        this.#nest(() => {
          for (let index = 0; index < size; index++) {
            this.#skipElements(1, types >> 4);
            this.#skipElements(1, types & 0x0f);
          }
        });
        return;
      }
      case wire.struct:
        this.struct((_, inner) => this.skipValue(inner));
        return;
      default:
        throw corrupt(`${type} is no Thrift type`);
    }
  }

  /** In lists and maps a boolean takes a byte. */
  #skipElements(size: number, type: number): void {
    const isBoolean = type === wire.true || type === wire.false;
    for (let index = 0; index < size; index++) this.skipValue(isBoolean ? wire.i8 : type);
  }

  #listHeader(): { size: number; of: number } {
    const header = this.#byte();
    const short = header >> 4;
    const size = short === 15 ? this.#size() : short;
    return { size: this.#bounded(size), of: header & 0x0f };
  }

  /** Lengths and counts are unsigned; each thing counted takes at least a byte. */
  #size(): number {
    return this.#bounded(this.#unsigned());
  }

  #bounded(size: number): number {
    if (size > this.#bytes.length - this.#at) throw corrupt('a length points beyond its end');
    return size;
  }

  #varint(): number {
    const raw = this.#unsigned();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  #unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw corrupt('a number is out of range');
      if (byte < 0x80) return value;
      if (factor > 2 ** 56) throw corrupt('a number has no end');
    }
  }

  #skipVarint(): void {
    for (let length = 1; this.#byte() >= 0x80; length++) {
      if (length === 10) throw corrupt('a number has no end');
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw corrupt('it ends too early');
    this.#at++;
    return byte;
  }

  /** Moves on and returns where it was. */
  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw corrupt('it ends too early');
    this.#at += length;
    return start;
  }

  #nest(inside: () => void): void {
    if (++this.#depth > maxDepth) throw corrupt('it is nested too deeply');
    inside();
    this.#depth--;
  }

  #expect(type: number, expected: number, what: string): void {
    if (type !== expected) throw corrupt(`${what} is missing`);
  }
}
