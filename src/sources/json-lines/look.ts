import type { JsonRecord } from './convert.ts';
import { wholeLines } from './lines.ts';
import { JsonLineError, JsonProblem } from './problem.ts';
import { JsonScanner } from './scan.ts';
import { wantedIn } from './wanted.ts';

const LF = 0x0a;

/** Returns the keys of the first records of a text in the order in which they occur, and the line of the first record. */
export async function firstKeys(
  text: AsyncIterable<Buffer>,
  most: number,
): Promise<{ keys: string[]; line: number | undefined }> {
  const scanner = new JsonScanner(wantedIn([]), 0);
  const keys = new Set<string>();
  let line: number | undefined;
  let records = 0;
  for await (const lines of wholeLines(text)) {
    let number = lines.line;
    for (let at = lines.start; at < lines.end && records < most; number++) {
      const found = lines.bytes.indexOf(LF, at);
      const end = found < 0 || found > lines.end ? lines.end : found;
      const record = { bytes: lines.bytes, start: at, end, line: number };
      if (lines.bytes.toString('utf8', at, end).trim() !== '') {
        for (const key of keysOf(scanner, record)) keys.add(key);
        line ??= number;
        records++;
      }
      at = end + 1;
    }
    if (records >= most) break;
  }
  return { keys: [...keys], line };
}

/** Keys are strings, so JSON.parse loses nothing of them. */
function keysOf(scanner: JsonScanner, record: JsonRecord): string[] {
  const { bytes, start, end } = record;
  try {
    scanner.scan(bytes, start, end);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw new JsonLineError(error, record);
  }
  return Object.keys(JSON.parse(bytes.toString('utf8', start, end)) as object);
}

/** Returns the value of a record at a path, as it is written; undefined if there is none. */
export function valueOf({ bytes, start, end }: JsonRecord, path: string): string | undefined {
  const scanner = new JsonScanner(wantedIn([path]), 1);
  scanner.scan(bytes, start, end);
  return scanner.kinds[0] === 0 ? undefined : bytes.toString('utf8', scanner.starts[0], scanner.ends[0]);
}
