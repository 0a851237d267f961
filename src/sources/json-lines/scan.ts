/* eslint-disable @typescript-eslint/no-non-null-assertion -- bytes beyond the end are a line break or undefined, which no branch takes. */
import { JsonProblem, type JsonFault } from './problem.ts';
import { keyBytes, type Wanted } from './wanted.ts';

/** The kinds of values that a record has for a column. A text without escapes is its bytes. */
export const jsonKind = {
  missing: 0,
  null: 1,
  text: 2,
  escapedText: 3,
  number: 4,
  literal: 5,
  nested: 6,
} as const;
type JsonKind = (typeof jsonKind)[keyof typeof jsonKind];

/** The deepest nesting that is read: deeper values are hardly intended, and would overflow the stack. */
const DEEPEST = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
const POINT = 0x2e;
const PLUS = 0x2b;
const SMALL_U = 0x75;

/**
 * Scans one JSON object (RFC 8259) in place: checks all of it, and notes where the wanted values are. It creates no
 * JavaScript values.
 */
export class JsonScanner {
  /** For each column the kind of its value, and its bytes; those of a text without its quotes. */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  readonly #root: Wanted;
  #record = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #depth = 0;
  /** The kind of the last value. */
  #kind: JsonKind = jsonKind.missing;

  constructor(root: Wanted, columns: number) {
    this.#root = root;
    this.kinds = new Uint8Array(columns);
    this.starts = new Int32Array(columns);
    this.ends = new Int32Array(columns);
  }

  /** @throws JsonProblem with the place in `bytes`. */
  scan(bytes: Buffer, start: number, end: number): void {
    this.kinds.fill(jsonKind.missing);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#depth = 0;
    this.#record++;
    this.#passBlanks();
    const first = this.#at < end ? bytes[this.#at] : -1;
    if (first !== OPEN_OBJECT) this.#fail(first === OPEN_ARRAY ? 'array' : 'no object');
    this.#value(this.#root);
    this.#passBlanks();
    if (this.#at < end) this.#fail('more');
  }

  #value(wanted: Wanted | undefined): void {
    const start = this.#at;
    const byte = start < this.#end ? this.#bytes[start]! : -1;
    if (byte === QUOTE) this.#text();
    else if (byte === OPEN_OBJECT) this.#object(wanted);
    else if (byte === OPEN_ARRAY) this.#array(wanted);
    else if (byte === MINUS || (byte >= 0x30 && byte <= 0x39)) this.#number();
    else this.#literal();
    if (wanted === undefined || wanted.columns.length === 0) return;
    const kind = this.#kind;
    const outer = kind === jsonKind.text || kind === jsonKind.escapedText ? 1 : 0;
    for (const column of wanted.columns) {
      this.kinds[column] = kind;
      this.starts[column] = start + outer;
      this.ends[column] = this.#at - outer;
    }
  }

  #object(wanted: Wanted | undefined): void {
    this.#enter();
    const keys = wanted?.keys;
    if (!this.#passes(CLOSE_OBJECT)) {
      do {
        this.#passBlanks();
        const start = this.#at + 1;
        if (this.#bytes[this.#at] !== QUOTE || this.#at >= this.#end) this.#fail('key');
        this.#text();
        const found = keys === undefined ? undefined : this.#wantedKey(keys, start);
        this.#passBlanks();
        if (!this.#passes(COLON)) this.#fail('colon');
        this.#passBlanks();
        this.#value(found);
        this.#passBlanks();
      } while (this.#passes(COMMA));
      if (!this.#passes(CLOSE_OBJECT)) this.#fail('object');
    }
    this.#leave();
  }

  #wantedKey(keys: ReadonlyMap<string, Wanted>, start: number): Wanted | undefined {
    const bytes = this.#bytes;
    const end = this.#at - 1;
    const key =
      this.#kind === jsonKind.text
        ? bytes.toString('latin1', start, end)
        : keyBytes(JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string);
    const found = keys.get(key);
    if (found === undefined) return undefined;
    if (found.seenIn === this.#record) this.#fail('twice', found.name);
    found.seenIn = this.#record;
    return found;
  }

  #array(wanted: Wanted | undefined): void {
    this.#enter();
    const items = wanted?.items;
    let place = 0;
    if (!this.#passes(CLOSE_ARRAY)) {
      do {
        this.#passBlanks();
        this.#value(items?.get(place++));
        this.#passBlanks();
      } while (this.#passes(COMMA));
      if (!this.#passes(CLOSE_ARRAY)) this.#fail('array end');
    }
    this.#leave();
  }

  #enter(): void {
    if (++this.#depth > DEEPEST) this.#fail('deep');
    this.#at++;
    this.#passBlanks();
  }

  #leave(): void {
    this.#depth--;
    this.#kind = jsonKind.nested;
  }

  #text(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at + 1;
    this.#kind = jsonKind.text;
    for (; ; at++) {
      const byte = at < end ? bytes[at]! : -1;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.#kind = jsonKind.escapedText;
        at = this.#passEscape(at);
      } else if (byte < 0x20) {
        const opened = this.#at;
        this.#at = byte < 0 ? opened : at;
        this.#fail(byte < 0 ? 'open text' : 'control');
      }
    }
    this.#at = at + 1;
  }

  /** Returns the last byte of the escape. */
  #passEscape(at: number): number {
    const byte = this.#bytes[at + 1];
    const isWhole =
      byte === SMALL_U
        ? at + 6 <= this.#end && /^[\da-fA-F]{4}$/.test(this.#bytes.toString('latin1', at + 2, at + 6))
        : at + 2 <= this.#end && '"\\/bfnrt'.includes(String.fromCharCode(byte ?? 0));
    this.#at = isWhole ? this.#at : at;
    if (!isWhole) this.#fail('escape');
    return byte === SMALL_U ? at + 5 : at + 1;
  }

  #number(): void {
    const start = this.#at;
    if (this.#bytes[this.#at] === MINUS) this.#at++;
    if (this.#bytes[this.#at] === 0x30) this.#at++;
    else if (!this.#passDigits()) this.#failAt(start, 'number');
    if (this.#bytes[this.#at] === POINT) {
      this.#at++;
      if (!this.#passDigits()) this.#failAt(start, 'number');
    }
    if ((this.#bytes[this.#at]! | 0x20) === 0x65 && this.#at < this.#end) {
      this.#at++;
      const sign = this.#bytes[this.#at];
      if (sign === PLUS || sign === MINUS) this.#at++;
      if (!this.#passDigits()) this.#failAt(start, 'number');
    }
    const next = this.#at < this.#end ? this.#bytes[this.#at]! : 0x20;
    if (/[\w.+-]/.test(String.fromCharCode(next))) this.#failAt(start, 'number');
    this.#kind = jsonKind.number;
  }

  #passDigits(): boolean {
    const from = this.#at;
    const bytes = this.#bytes;
    while (this.#at < this.#end && bytes[this.#at]! >= 0x30 && bytes[this.#at]! <= 0x39) this.#at++;
    return this.#at > from;
  }

  #literal(): void {
    const word = /^[A-Za-z]*/.exec(
      this.#bytes.toString('latin1', this.#at, Math.min(this.#end, this.#at + 20)),
    )?.[0];
    if (word !== 'true' && word !== 'false' && word !== 'null') this.#fail('value');
    this.#at += word.length;
    this.#kind = word === 'null' ? jsonKind.null : jsonKind.literal;
  }

  #passes(byte: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #passBlanks(): void {
    const bytes = this.#bytes;
    for (; this.#at < this.#end; this.#at++) {
      const byte = bytes[this.#at]!;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return;
    }
  }

  #failAt(at: number, what: JsonFault): never {
    this.#at = at;
    this.#fail(what);
  }

  #fail(what: JsonFault, key?: string): never {
    const near = this.#bytes.toString('utf8', this.#at, Math.min(this.#end, this.#at + 30));
    throw new JsonProblem(what, { at: this.#at, near, isEnd: this.#at >= this.#end, key });
  }
}
