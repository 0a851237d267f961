import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvDialect } from '../../../../src/sources/csv/index.ts';
import { RecordScanner } from '../../../../src/sources/csv/scan.ts';
import { RecordSplitter } from '../../../../src/sources/csv/simd/record-splitter.ts';
import { ByteWindow } from '../../../../src/sources/csv/window.ts';

/** Semicolons as well, between fields that may hold commas: the scanner marks those, for hyperd's dialect has commas. */
const dialects = [csvDialect({ header: false }), csvDialect({ header: false, delimiter: ';' })];
const fields = 3;

function windowOf(text: string): ByteWindow {
  const window = new ByteWindow({ lookBytes: 1, maxRecordBytes: 1 << 20 });
  window.append(Buffer.from(text));
  return window;
}

function openSplitter(dialect = dialects[0]!): RecordSplitter {
  const splitter = RecordSplitter.open(dialect, fields, ',');
  if (splitter === undefined) throw new Error('there is no index here');
  return splitter;
}

/** Splits the records of a text that has a first ordinary line; checks each against the scanner. */
function recordsSplit(text: string, dialect = dialects[0]!): { split: number; scanned: number } {
  const window = windowOf(`${['a', 'b', 'c'].join(dialect.delimiter)}\n${text}`);
  const scanner = new RecordScanner(dialect, fields);
  const splitter = openSplitter(dialect);
  splitter.look(window);
  const { bytes, end } = window;
  const seen = { split: 0, scanned: 0 };
  let from = scanner.scan(bytes, window.start, end, true);
  while (from < end) {
    const found = splitter.split(bytes, from);
    let next = -1;
    try {
      next = scanner.scan(bytes, from, end, true);
    } catch {
      // An error of the grammar, which the splitter must leave to the scanner.
    }
    if (found >= 0) {
      expect(found).toBe(next);
      expect(scanner.count).toBe(fields);
      expect(scanner.innerLines).toBe(0);
      expect([...splitter.starts]).toEqual([...scanner.starts]);
      expect([...splitter.ends]).toEqual([...scanner.ends]);
      expect([...splitter.fieldKinds]).toEqual([...scanner.fieldKinds]);
      expect([splitter.kinds, splitter.end]).toEqual([scanner.kinds, scanner.end]);
      seen.split++;
    }
    if (next < 0) break;
    seen.scanned++;
    from = next;
  }
  return seen;
}

const piece = fc.constantFrom(
  'a',
  'bc',
  '1',
  '"',
  '""',
  '"x"',
  '"x,y"',
  ',',
  ',',
  ';',
  ';',
  '\n',
  '\r\n',
  '\r',
  'é',
);

it('takes no record for another than the scanner does', () => {
  const damaged = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(damaged, fc.constantFrom(...dialects), (text, dialect) => void recordsSplit(text, dialect)),
    { numRuns: 2000 },
  );
});

it.each([
  [',', '[a-z0-9 .;-]', dialects[0]!],
  [';', '[a-z0-9 .,-]', dialects[1]!],
])('splits every record of whole fields between %j, however long', (delimiter, plain, dialect) => {
  const field = fc.oneof(
    fc.stringMatching(new RegExp(`^${plain}{0,40}$`)),
    fc.stringMatching(/^[a-z0-9 ,;]{0,40}$/).map((text) => `"${text}"`),
    fc.constant('"say ""hi"", then; go"'),
  );
  const row = fc.tuple(field, field, field).map((all) => all.join(delimiter));
  const lineBreak = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(row, lineBreak), { maxLength: 60 }), (rows) => {
      const { split, scanned } = recordsSplit(rows.flat().join(''), dialect);
      expect(split).toBe(rows.length);
      expect(scanned).toBe(rows.length);
    }),
    { numRuns: 200 },
  );
});

it('leaves to the scanner what it cannot split', () => {
  const left = ['1,2\n', '1,2,3,4\n', '1,"a\nb",3\n', '1,a"b,3\n', '1,"a"b,3\n', '1,2,3', '1,2,"3', '\n'];
  for (const text of left) expect(recordsSplit(text).split, JSON.stringify(text)).toBe(0);
});

it('leaves a window of one long record to the scanner', () => {
  const window = windowOf(`1,${'x'.repeat(200_000)},3\n`);
  const splitter = openSplitter();
  splitter.look(window);
  expect(splitter.split(window.bytes, window.start)).toBe(-1);
});

it('is not used for quotes that are other characters', () => {
  expect(RecordSplitter.open(csvDialect({ header: false, quote: "'", escape: "'" }), 3)).toBeUndefined();
});
