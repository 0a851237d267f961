import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { findHyperd } from '../src/hyper/binary.ts';
import { startHyperd } from '../src/hyper/process.ts';
import { openSession } from '../src/hyper/session.ts';
import { loadByPath } from './engine.ts';
import { asRatio, inSeconds, measure, megabytes } from './measure.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const types = {
  id: 'bigint',
  day: 'date',
  customer: 'text',
  city: 'text',
  code: 'text',
  amount: 'numeric(18,4)',
  quantity: 'int',
  ratio: 'double precision',
  flag: 'boolean',
  note: 'text',
};

export const filesHeader = [
  'files -> .hyper',
  'size',
  'floor',
  'load',
  'of floor',
  'whole command',
  'our peak',
];

/** Files → .hyper, beside hyperd reading the same CSV by path in the same run. */
export async function benchFiles(millions: number): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const csv = path.join(folder, 'one.csv');
    await writeCsv(csv, millions * 1e6);
    await writeParquet(csv, path.join(folder, 'one.parquet'), folder);
    await split(csv, folder, 8);
    await pipeline(
      createReadStream(csv),
      createGzip({ level: 1 }),
      createWriteStream(path.join(folder, 'one.csv.gz')),
    );
    const floor = await loadByPath(csv, types, 'format csv, header true', folder);
    const rows: string[][] = [];
    for (const [title, source, columns] of [
      ['one CSV', '{type: file, path: one.csv}', types],
      ['8 CSVs', '{type: file, path: "part_*.csv", format: csv}', types],
      ['one CSV, gzip', '{type: file, path: one.csv.gz}', types],
      [
        'one CSV, two null strings',
        '{type: file, path: one.csv, format: {type: csv, "null": ["", "NA"]}}',
        types,
      ],
      ['one CSV, latin', '{type: file, path: one.csv, format: {type: csv, encoding: windows-1252}}', types],
      ['one Parquet', '{type: file, path: one.parquet}', types],
    ] as const) {
      rows.push(await benchSource(title, source, columns, folder, floor.seconds, millions * 1e6));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchSource(
  title: string,
  source: string,
  columns: Readonly<Record<string, string>>,
  folder: string,
  floor: number,
  expected: number,
): Promise<string[]> {
  const lines = Object.entries(columns).map(([name, type]) => `      ${name}: ${type}`);
  await writeFile(
    path.join(folder, 'bench.yaml'),
    `version: 1\nname: bench\nsources: {bench: ${source}}\ntables:\n  bench:\n    from: {source: bench}\n    columns:\n${lines.join('\n')}\ndestinations: [{type: file, path: out/bench.hyper}]\n`,
  );
  const run = await measure('node', [program, 'apply', '--yes', '--json', 'bench.yaml'], {
    cwd: folder,
    env: { CI: 'true' },
  });
  const [table] = (
    JSON.parse(run.stdout) as { pipelines: [{ tables: [{ rows: number; bytes: number; seconds: number }] }] }
  ).pipelines[0].tables;
  if (table.rows !== expected) throw new Error(`${title}: ${table.rows} rows instead of ${expected}`);
  for (const rest of ['build', '.extracts', 'out']) await rm(path.join(folder, rest), { recursive: true });
  return [
    title,
    megabytes(table.bytes),
    inSeconds(floor),
    inSeconds(table.seconds),
    asRatio(table.seconds / floor),
    `${inSeconds(run.seconds)} (${asRatio(run.seconds / floor)})`,
    megabytes(run.peak),
  ];
}

async function writeCsv(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${Object.keys(types).join(',')}\n`);
  let block = '';
  for (let n = 1; n <= rows; n++) {
    const day = new Date(Date.UTC(2020, 0, 1 + (n % 2000))).toISOString().slice(0, 10);
    block += `${n},${day},"Customer, ${(n * 7919) % 100003}",Koeln,${String(n % 100000).padStart(6, '0')},${((n * 31) % 1000000) / 100},${n % 17},${n / 7},${n % 11 === 0},a short note about row ${n}\n`;
    if (block.length < 1 << 20) continue;
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', resolve));
    block = '';
  }
  await new Promise<void>((resolve) => {
    out.end(block, () => resolve());
  });
}

/** Whole lines into files of about the same size, each with the header. */
async function split(csv: string, folder: string, parts: number): Promise<void> {
  const whole = await readFile(csv);
  const header = whole.subarray(0, whole.indexOf(10) + 1);
  let from = header.length;
  for (let part = 1; part <= parts; part++) {
    const about = header.length + Math.floor(((whole.length - header.length) * part) / parts);
    const to = part === parts ? whole.length : whole.indexOf(10, about) + 1;
    await writeFile(path.join(folder, `part_${part}.csv`), Buffer.concat([header, whole.subarray(from, to)]));
    from = to;
  }
}

async function writeParquet(csv: string, parquet: string, folder: string): Promise<void> {
  const hyperd = await startHyperd(await findHyperd(process.env), {});
  const session = await openSession(hyperd);
  try {
    await session.query(`create database "${folder}/p.hyper" with version 3`);
    await session.query(`attach database "${folder}/p.hyper" as p`);
    await session.query(
      `create table p.public.t (${Object.entries(types)
        .map(([name, type]) => `${name} ${type}`)
        .join(', ')})`,
    );
    await session.copyFile(
      `copy p.public.t from '${csv}' with (format csv, header true)`,
      new AbortController().signal,
    );
    await session.query(`copy (select * from p.public.t) to '${parquet}' with (format parquet)`);
    await session.query('detach database p');
    await session.query(`drop database "${folder}/p.hyper"`);
  } finally {
    await session.end();
    await hyperd.stop();
  }
}
