import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';

/** Returns the text of a file in UTF-8, without a byte order mark; or the first line that is something else. */
export function decodeText(file: string, bytes: Buffer): string | Diagnostic {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return {
      code: codes.unreadableFile,
      severity: 'error',
      message: `${file} is ${isUtf16 ? 'UTF-16, not UTF-8' : 'not UTF-8'}`,
      hint: 'save it with the encoding UTF-8',
      place: {
        file,
        pointer: '',
        span: { line: isUtf16 ? 1 : lineOfFirstOther(bytes), column: 1, length: 1 },
      },
    };
  }
}

/** Returns the number of the first line that is not UTF-8: a line break is never a part of another character. */
function lineOfFirstOther(bytes: Buffer): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    [line, start] = [line + 1, end + 1];
  }
  return line;
}
