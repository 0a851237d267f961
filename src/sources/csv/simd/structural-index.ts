import { I32, moduleOf, op, V128, type Code } from './assembler.ts';

/** The most bytes that are indexed at once. */
export const INDEX_BYTES = 128 * 1024;

const BLOCK = 16;
const POSITION = 4;
const PAGE = 64 * 1024;

/** The memory holds the bytes, one bit for each of them, and the positions. */
const DIGITS_AT = INDEX_BYTES;
const POSITIONS_AT = DIGITS_AT + INDEX_BYTES / 8;
const PAGES = Math.ceil((POSITIONS_AT + INDEX_BYTES * POSITION) / PAGE);

/** The parameters of the program, and its variables. */
const local = {
  to: 0,
  delimiter: 1,
  quote: 2,
  other: 3,
  at: 4,
  digits: 5,
  positions: 6,
  found: 7,
  block: 8,
};

/**
 * For each 16 bytes from 0 up to `to`: stores a bit for each that is no digit, and the position of each that is the
 * delimiter, the quote, the other byte, LF or CR. Returns where the positions end.
 */
function program(): Uint8Array<ArrayBuffer> {
  const get = (name: keyof typeof local) => op.get(local[name]);
  const set = (name: keyof typeof local, value: Code) => op.set(local[name], value);
  const number = op.constant;
  const { vector } = op;
  const isByte = (byte: Code) => vector.equal(get('block'), vector.splat(byte));
  const either = (first: Code, ...others: Code[]): Code =>
    others.reduce((all, one) => vector.or(all, one), first);
  const stops = either(
    isByte(get('delimiter')),
    isByte(get('quote')),
    isByte(get('other')),
    isByte(number(0x0a)),
    isByte(number(0x0d)),
  );
  const fromZero = vector.subtract(get('block'), vector.splat(number(0x30)));
  const notDigits = vector.isGreater(fromZero, vector.splat(number(9)));
  const storePositions = op.repeat(
    op.leaveIf(op.isZero(get('found'))),
    op.store(get('positions'), op.add(get('at'), op.trailingZeros(get('found')))),
    set('positions', op.add(get('positions'), number(POSITION))),
    // Clears the lowest one bit.
    set('found', op.and(get('found'), op.subtract(get('found'), number(1)))),
  );
  const types = { parameters: [I32, I32, I32, I32], result: I32, locals: [I32, I32, I32, I32, V128] };
  return moduleOf(PAGES, types, [
    set('digits', number(DIGITS_AT)),
    set('positions', number(POSITIONS_AT)),
    op.repeat(
      op.leaveIf(op.isNotLess(get('at'), get('to'))),
      set('block', vector.load(get('at'))),
      op.store16(get('digits'), vector.bitmask(notDigits)),
      set('digits', op.add(get('digits'), number(BLOCK / 8))),
      set('found', vector.bitmask(stops)),
      storePositions,
      set('at', op.add(get('at'), number(BLOCK))),
    ),
    get('positions'),
  ]);
}

type Run = (to: number, delimiter: number, quote: number, other: number) => number;

/** The part of the WebAssembly API that is used here. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { run: Run } };
}

const engine = globalThis as unknown as { WebAssembly?: WebAssemblyApi };

let shared: { api: WebAssemblyApi | undefined; index: StructuralIndex | undefined } | undefined;

/** The bytes that are found beside LF and CR. */
export interface StructuralBytes {
  delimiter: number;
  quote: number;
  /** One more byte; the delimiter where there is none. */
  other: number;
}

/**
 * Finds the bytes that may end a field, 16 bytes at a time: the delimiter, the quote, LF and CR, and one other byte. A loop
 * in JavaScript takes ten times as long.
 *
 * All who check texts share one: to make it takes a millisecond and memory of a megabyte, which many small files would
 * pay for each. So what it has found is good until the next call of `index`.
 */
export class StructuralIndex {
  /** The positions of these bytes, from the first byte that was indexed. */
  readonly positions: Int32Array;
  /** The number of positions. */
  count = 0;
  /** The number of the text that was indexed last. */
  turn = 0;

  readonly #notDigits: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #run: Run;

  private constructor(api: WebAssemblyApi, code: Uint8Array) {
    const memory = new api.Memory({ initial: PAGES });
    this.#run = new api.Instance(new api.Module(code), { env: { memory } }).exports.run;
    this.#bytes = new Uint8Array(memory.buffer, 0, INDEX_BYTES);
    this.#notDigits = new Int32Array(memory.buffer, DIGITS_AT, INDEX_BYTES / 32);
    this.positions = new Int32Array(memory.buffer, POSITIONS_AT, INDEX_BYTES);
  }

  /** Returns the one of this process; undefined where the processor or the engine has no vectors. */
  static open(): StructuralIndex | undefined {
    const api = engine.WebAssembly;
    if (shared === undefined || shared.api !== api) {
      const code = program();
      shared = { api, index: api?.validate(code) === true ? new StructuralIndex(api, code) : undefined };
    }
    return shared.index;
  }

  /** Indexes at most `INDEX_BYTES` bytes of a text. Returns its turn. */
  index(bytes: Uint8Array, { delimiter, quote, other }: StructuralBytes): number {
    this.#bytes.set(bytes);
    let count = (this.#run(bytes.length, delimiter, quote, other) - POSITIONS_AT) / POSITION;
    // The last block holds what was there before.
    while (count > 0 && (this.positions[count - 1] ?? 0) >= bytes.length) count--;
    this.count = count;
    return ++this.turn;
  }

  /** Returns a bit for each of at most 31 bytes that is no digit, the lowest for the first one. */
  nonDigits(at: number, length: number): number {
    const bit = at & 31;
    const low = (this.#notDigits[at >>> 5] ?? 0) >>> bit;
    const isSplit = bit + length > 32;
    const all = isSplit ? low | ((this.#notDigits[(at >>> 5) + 1] ?? 0) << (32 - bit)) : low;
    return all & ((1 << length) - 1);
  }
}
