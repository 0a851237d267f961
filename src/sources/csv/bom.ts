import { Transform } from 'node:stream';

/** The byte order mark of UTF-8 text. It says nothing there, and hyperd takes it for data. */
const BOM = Buffer.from('\uFEFF');

export const BOM_BYTES = BOM.length;

/** Returns the length of the byte order mark at the start of a text: 3 or 0. */
export function bomLength(bytes: Uint8Array, from: number, to: number): number {
  return BOM.equals(bytes.subarray(from, Math.min(from + BOM_BYTES, to))) ? BOM_BYTES : 0;
}

/** Takes the byte order mark from UTF-8 text, if there is one, and changes nothing else. */
export function stripBom(): Transform {
  let head: Buffer | undefined = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (head === undefined) {
        done(null, chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length >= BOM_BYTES) {
        this.push(head.subarray(bomLength(head, 0, head.length)));
        head = undefined;
      }
      done();
    },
    flush(done) {
      done(null, head);
    },
  });
}
