/**
 * Writes WebAssembly modules of one function that works on one memory: what a byte loop needs that looks at 16 bytes at
 * once, which JavaScript cannot. Instructions are lists of bytes in the order of the stack machine: operands first
 * (https://webassembly.github.io/spec/core/binary/).
 */
export type Code = readonly number[];

/** Types of values. */
export const I32 = 0x7f;
export const V128 = 0x7b;

/** A block that has no result. */
const NO_RESULT = 0x40;

const LOOP = 0x03;
const BLOCK = 0x02;
const END = 0x0b;
const BRANCH_IF = 0x0d;

/** All instructions on vectors begin with it. */
const VECTOR = 0xfd;

/** An unsigned number in LEB128: seven bits per byte, the lowest first. */
export function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}

/** A signed one, whose last byte has the sign as its second highest bit. */
export function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const instruction =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), opcode];

const vector =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), VECTOR, ...unsigned(opcode)];

/** The address of a load or a store may have any alignment; no offset is added to it. */
const ANYWHERE: Code = [0, 0];

/** Instructions by their names in the specification. Operands come as arguments. */
export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: instruction(0x6a),
  subtract: instruction(0x6b),
  and: instruction(0x71),
  /** The number of zeros below the lowest one bit. */
  trailingZeros: instruction(0x68),
  isZero: instruction(0x45),
  isNotLess: instruction(0x4f),
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, ...ANYWHERE],
  store16: (address: Code, value: Code): Code => [...address, ...value, 0x3b, ...ANYWHERE],
  /** Repeats the code until `branchIf` leaves it. */
  repeat: (...code: readonly Code[]): Code => [
    ...[BLOCK, NO_RESULT, LOOP, NO_RESULT],
    ...code.flat(),
    ...[0x0c, 0, END, END],
  ],
  /** Leaves the innermost `repeat`. */
  leaveIf: (condition: Code): Code => [...condition, BRANCH_IF, 1],
  vector: {
    load: (address: Code): Code => [...address, VECTOR, 0, ...ANYWHERE],
    /** 16 times the same byte. */
    splat: vector(0x0f),
    equal: vector(0x23),
    isGreater: vector(0x28),
    or: vector(0x50),
    /** The highest bits of the 16 bytes. */
    bitmask: vector(0x64),
    subtract: vector(0x71),
  },
} as const;

const section = (id: number, ...content: readonly Code[]): Code => {
  const bytes = content.flat();
  return [id, ...unsigned(bytes.length), ...bytes];
};

const name = (text: string): Code => [text.length, ...Buffer.from(text)];

/** A module that imports `env.memory` of at least so many pages, and exports the function as `run`. */
export function moduleOf(
  pages: number,
  types: { parameters: readonly number[]; result: number; locals: readonly number[] },
  code: readonly Code[],
): Uint8Array<ArrayBuffer> {
  const { parameters, result, locals } = types;
  const declared = [locals.length, ...locals.flatMap((type) => [1, type])];
  const body = [...declared, ...code.flat(), END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, parameters.length, ...parameters, 1, result]),
    ...section(2, [1], name('env'), name('memory'), [0x02, 0x00, ...unsigned(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1], name('run'), [0x00, 0]),
    ...section(10, [1], unsigned(body.length), body),
  ]);
}
