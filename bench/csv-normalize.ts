/**
 * Measures the speed of `normalizeCsv`: `npx tsx bench/csv-normalize.ts [MiB per run] [part of a name]`. Prints the
 * best of several runs in MB of input per second of CPU time (all threads of the process), without reading or writing
 * any file.
 */
import { cpus } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvDialect, type NormalizeOptions } from '../src/sources/csv/index.ts';
import { normalizeCsv } from '../test/support/csv/normalize.ts';

const mebibytes = Number(process.argv[2] ?? 128);
const only = process.argv[3] ?? '';
const runs = 5;
const chunkBytes = 64 * 1024;

const words = ['alpha', 'Straße', 'gamma ray', 'delta', 'épsilon', 'zeta function', 'eta', 'theta'];

function plainRow(row: number): string[] {
  const word = words[row % words.length]!;
  const day = String((row % 28) + 1).padStart(2, '0');
  return [
    String(row),
    `customer ${(row * 7919) % 100_003}`,
    word,
    `2026-03-${day}`,
    (((row * 31) % 1_000_000) / 100).toFixed(2),
    String(row % 97),
    row % 3 === 0 ? 'true' : 'false',
    `2026-03-${day} 10:${String(row % 60).padStart(2, '0')}:00`,
    row % 11 === 0 ? '' : `note about ${word}`,
    ((row * 17) % 1000).toFixed(4),
  ];
}

const quotedRow = (row: number) =>
  plainRow(row).map((field, column) => (column === 8 ? `"say ""hi"", ${field}"` : `"${field}"`));
const wideRow = (row: number) => Array.from({ length: 20 }, (_, part) => plainRow(row * 20 + part)).flat();
const nullRow = (row: number) =>
  plainRow(row).map((field, column) =>
    column > 0 && (row + column) % 7 === 0 ? ['NULL', 'NA', ''][row % 3]! : field,
  );

function options(fields: number, more: Partial<NormalizeOptions> = {}): NormalizeOptions {
  const select = more.select ?? Array.from({ length: fields }, (_, field) => field);
  return {
    dialect: csvDialect({ header: false }),
    fields,
    constants: [],
    emptyAsNull: select.map(() => false),
    ...more,
    select,
  };
}

const cases: [name: string, row: (row: number) => string[], options: NormalizeOptions, delimiter?: string][] =
  [
    ['plain, 10 columns kept', plainRow, options(10)],
    [
      'plain, semicolons',
      plainRow,
      options(10, { dialect: csvDialect({ header: false, delimiter: ';' }) }),
      ';',
    ],
    ['plain, 3 of 10 dropped', plainRow, options(10, { select: [0, 1, 3, 4, 6, 7, 9] })],
    ['plain, 10 reordered', plainRow, options(10, { select: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] })],
    ['plain, 1 constant added', plainRow, options(10, { constants: ['sales/2026/03/sales_17.csv.gz'] })],
    [
      '3 null strings, 1 in 7 NULL',
      nullRow,
      options(10, { dialect: csvDialect({ header: false, nulls: ['', 'NULL', 'NA'] }) }),
    ],
    ['quoted, 10 columns kept', quotedRow, options(10)],
    [
      'quoted, 5 not text',
      quotedRow,
      options(10, { emptyAsNull: [true, false, false, true, true, true, true, false, false, false] }),
    ],
    [
      "quoted with '",
      (row) => plainRow(row).map((field) => `'${field}'`),
      options(10, { dialect: csvDialect({ header: false, quote: "'" }) }),
    ],
    ['wide, 200 columns kept', wideRow, options(200)],
    [
      'wide, 10 of 200 kept',
      wideRow,
      options(200, { select: Array.from({ length: 10 }, (_, part) => part * 20 + 3) }),
    ],
  ];

/** Chunks of 64 KiB, cut anywhere as a file stream cuts them; a few MiB repeated, so that generating costs nothing. */
function chunks(row: (row: number) => string[], delimiter: string): Buffer[] {
  const lines: string[] = [];
  let size = 0;
  for (let index = 0; size < 8 * 1024 * 1024; index++) {
    const line = `${row(index).join(delimiter)}\n`;
    size += line.length;
    lines.push(line);
  }
  const bytes = Buffer.from(lines.join(''));
  const cut: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += chunkBytes)
    cut.push(bytes.subarray(from, from + chunkBytes));
  return cut;
}

async function measure(source: Buffer[], of: NormalizeOptions): Promise<number> {
  const size = source.reduce((sum, chunk) => sum + chunk.length, 0);
  const repeats = Math.max(1, Math.round((mebibytes * 1024 * 1024) / size));
  const normalize = normalizeCsv(of);
  const input = Readable.from(repeat(source, repeats), { objectMode: true, highWaterMark: 4 });
  const output = new Writable({ highWaterMark: 1024 * 1024, write: (_chunk, _encoding, done) => done() });
  const begun = process.cpuUsage();
  await pipeline(input, normalize, output);
  const { user, system } = process.cpuUsage(begun);
  return (size * repeats) / (user + system);
}

function* repeat(source: Buffer[], times: number): Generator<Buffer> {
  for (let time = 0; time < times; time++) yield* source;
}

console.log(
  `node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${mebibytes} MiB per run, best of ${runs}`,
);
for (const [name, row, of, delimiter = ','] of cases) {
  if (!name.includes(only)) continue;
  const source = chunks(row, delimiter);
  const speeds: number[] = [];
  for (let run = 0; run < runs; run++) speeds.push(await measure(source, of));
  console.log(
    `${name.padEnd(30)} ${Math.max(...speeds)
      .toFixed(0)
      .padStart(6)} MB/s`,
  );
}
