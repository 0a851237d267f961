import { Transform } from 'node:stream';

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;

/**
 * Adds the same fields to the end of every record of PostgreSQL's text format (COPY, "Text Format"): a record
 * ends at a line feed that no backslash stands before; a missing last one is added.
 */
export function addFields(
  values: readonly string[],
  { delimiter, null: null_ }: { delimiter: string; null: string },
): Transform {
  const field = (value: string) => delimiter + notNull(escapeText(value, delimiter), null_);
  const tail = Buffer.from(values.map(field).join(''));
  let last = 0;
  /** An odd number of backslashes stands before the next byte. */
  let isEscaped = false;
  /** A carriage return that may belong to the line break. */
  let held = false;
  let any = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const parts: Buffer[] = held ? [Buffer.of(CR)] : [];
      let from = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at];
        if (byte === LF && !isEscaped) {
          const hasCr = at > 0 ? chunk[at - 1] === CR : held;
          if (hasCr && at === 0) parts.pop();
          parts.push(
            chunk.subarray(from, hasCr && at > 0 ? at - 1 : at),
            tail,
            Buffer.from(hasCr ? '\r\n' : '\n'),
          );
          from = at + 1;
        }
        isEscaped = byte === BACKSLASH && !isEscaped;
      }
      last = chunk[chunk.length - 1] ?? last;
      any ||= chunk.length > 0;
      held = last === CR && from < chunk.length;
      parts.push(chunk.subarray(from, held ? chunk.length - 1 : chunk.length));
      done(null, Buffer.concat(parts));
    },
    flush(done) {
      done(null, any && last !== LF ? Buffer.concat([tail, Buffer.of(LF)]) : undefined);
    },
  });
}

/** A value that reads like the null string is written in another way: its first character as bytes. */
function notNull(text: string, null_: string): string {
  if (text !== null_) return text;
  const [first = '', ...rest] = Array.from(text);
  const bytes = [...Buffer.from(first)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  return bytes.join('') + rest.join('');
}

/** A value as a field of PostgreSQL's text format. */
export function escapeText(value: string, delimiter: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(delimiter, delimiter === '\t' ? '\\t' : `\\${delimiter}`);
}
