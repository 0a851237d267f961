import { Transform } from 'node:stream';

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;

/**
 * Writes the first of several null strings wherever a field of PostgreSQL's text format is one of the others:
 * COPY takes only one. Fields are compared as they are written, before backslashes mean anything. Only fields
 * that may still be a null string are held back.
 */
export function unifyNulls([first = '', ...others]: readonly string[], delimiter: string): Transform {
  const null_ = Buffer.from(first);
  const wanted = new Set(others);
  const longest = Math.max(0, ...others.map((text) => Buffer.byteLength(text))) + 1;
  const separator = delimiter.charCodeAt(0);
  /** The beginning of the present field, from chunks before; undefined once it is too long to be a null string. */
  let held: Buffer | undefined = Buffer.alloc(0);
  let isEscaped = false;
  /** Whether a record has begun: after the last line break there is no field. */
  let isOpen = false;

  /** What stands for a whole field; a carriage return before the line break is not part of it. */
  const settled = (field: Buffer, endsLine: boolean): Buffer => {
    const hasCr = endsLine && field.at(-1) === CR;
    const bare = hasCr ? field.subarray(0, -1) : field;
    if (!wanted.has(bare.toString())) return field;
    return hasCr ? Buffer.concat([null_, Buffer.of(CR)]) : null_;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const parts: Buffer[] = [];
      /** From here on nothing was passed on; and here the present field goes on. */
      let from = 0;
      let start = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at];
        if (!isEscaped && (byte === LF || byte === separator)) {
          if (held !== undefined && held.length + at - start <= longest) {
            const field = Buffer.concat([held, chunk.subarray(start, at)]);
            parts.push(chunk.subarray(from, start), settled(field, byte === LF));
            from = at;
          } else if (held !== undefined) {
            parts.push(chunk.subarray(from, start), held);
            from = start;
          }
          held = Buffer.alloc(0);
          start = at + 1;
          isOpen = byte !== LF;
        } else isOpen = true;
        isEscaped = byte === BACKSLASH && !isEscaped;
      }
      if (held !== undefined && held.length + chunk.length - start <= longest) {
        held = Buffer.concat([held, chunk.subarray(start)]);
        parts.push(chunk.subarray(from, start));
      } else {
        parts.push(chunk.subarray(from, start), held ?? Buffer.alloc(0), chunk.subarray(start));
        held = undefined;
      }
      done(null, Buffer.concat(parts));
    },
    flush(done) {
      done(null, held === undefined ? undefined : isOpen ? settled(held, true) : held);
    },
  });
}
