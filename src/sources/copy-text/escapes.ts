import { isUtf8 } from 'node:buffer';
import type { GrammarProblem } from '../csv/index.ts';
import { unescapeBytes } from './escape.ts';

const BACKSLASH = 0x5c;
const SMALL_X = 0x78;
const FULL_STOP = 0x2e;
const ZERO = 0x30;
const SEVEN = 0x37;

/** The problem with an escape, and where it begins. */
export interface WrongEscape {
  problem: GrammarProblem;
  at: number;
}

/**
 * Returns the first escape of a field that PostgreSQL would refuse or read differently from hyperd, which takes any
 * byte for text and loses an x that no hexadecimal digit follows.
 */
export function wrongEscape(bytes: Uint8Array, start: number, end: number): WrongEscape | undefined {
  let bytesFrom: number | undefined;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== BACKSLASH) continue;
    if (!isTelling(bytes[at + 1])) {
      at++;
      continue;
    }
    const code = codeAt(bytes, at + 1, end);
    if (code === 0) return { problem: 'an escape for the character 0', at };
    if (code !== undefined && code > 0x7f) bytesFrom ??= at;
    if (bytes[at + 1] === SMALL_X && at + 2 === end) return { problem: 'an escape without its digits', at };
    if (bytes[at + 1] === FULL_STOP) return { problem: 'an end mark inside a line', at };
    at++;
  }
  return bytesFrom === undefined || isUtf8(unescapeBytes(bytes, start, end))
    ? undefined
    : { problem: 'escapes for bytes that are not UTF-8', at: bytesFrom };
}

/**
 * Returns true for a byte that gives an escape a further meaning. Others represent themselves, or one control
 * character.
 */
function isTelling(byte: number | undefined): boolean {
  const isOctal = byte !== undefined && byte >= ZERO && byte <= SEVEN;
  return byte === SMALL_X || byte === FULL_STOP || isOctal;
}

/** Returns the byte that the digits behind a backslash represent; undefined if there are none. */
function codeAt(bytes: Uint8Array, at: number, end: number): number | undefined {
  const [, hex, octal] =
    /^(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))/.exec(
      String.fromCharCode(...bytes.subarray(at, Math.min(at + 3, end))),
    ) ?? [];
  if (hex !== undefined) return parseInt(hex, 16);
  return octal === undefined ? undefined : parseInt(octal, 8) & 0xff;
}
