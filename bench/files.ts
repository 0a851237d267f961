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
import { asRatio, inSeconds, measure, median, megabytes, settle, spread } from './measure.ts';

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
  'load',
  'of floor',
  'whole command',
  'our CPU',
  'our peak',
];

const csv = (format: string) => `{type: file, path: one.csv, format: {type: csv, ${format}}}`;

/** Source and further lines of the table, by title. */
const cases: Readonly<Record<string, readonly [source: string, more?: string]>> = {
  'one CSV': ['{type: file, path: one.csv}'],
  'one CSV, primary key verified': ['{type: file, path: one.csv}', '    primary_key: [id]\n'],
  'one CSV, two columns in the key': ['{type: file, path: one.csv}', '    primary_key: [customer, id]\n'],
  '8 CSVs': ['{type: file, path: "part_*.csv"}'],
  '8 CSVs, file name added': ['{type: file, path: "part_*.csv"}', "    add: {file: '${file.name}'}\n"],
  'one CSV, gzip': ['{type: file, path: one.csv.gz}'],
  'one CSV, two null strings': [csv('"null": ["", "NA"]')],
  'one CSV, windows-1252': [csv('encoding: windows-1252')],
  'one Parquet': ['{type: file, path: one.parquet}'],
  'one of JSON lines': ['{type: file, path: one.jsonl}'],
};

/** Files → .hyper, beside hyperd reading the same CSV by path in the same run. */
export async function benchFiles(millions: number, runs: number): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const file = path.join(folder, 'one.csv');
    await writeRows(file, millions * 1e6, csvLines);
    await writeRows(path.join(folder, 'one.jsonl'), millions * 1e6, jsonLines);
    await writeParquet(file, path.join(folder, 'one.parquet'), folder);
    await split(file, folder, 8);
    await pipeline(
      createReadStream(file),
      createGzip({ level: 1 }),
      createWriteStream(path.join(folder, 'one.csv.gz')),
    );
    const floors: number[] = [];
    const loads = new Map<string, Load[]>();
    for (let run = 0; run < runs; run++) {
      settle();
      floors.push((await loadByPath(file, types, 'format csv, header true', folder)).seconds);
      for (const [title, [source, more]] of Object.entries(cases)) {
        settle();
        const load = await loadOnce(title, source, more ?? '', folder, millions * 1e6);
        loads.set(title, [...(loads.get(title) ?? []), load]);
      }
    }
    const floor = median(floors);
    return [
      ['hyperd, one CSV by path', '', spread(floors), '', '', '', ''],
      ...[...loads].map(([title, several]) => row(title, several, floor)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Load {
  bytes: number;
  seconds: number;
  whole: number;
  cpu: number;
  peak: number;
}

function row(title: string, loads: readonly Load[], floor: number): string[] {
  const seconds = loads.map((load) => load.seconds);
  return [
    title,
    megabytes(loads[0]?.bytes ?? 0),
    spread(seconds),
    asRatio(median(seconds) / floor),
    spread(loads.map(({ whole }) => whole)),
    inSeconds(median(loads.map(({ cpu }) => cpu))),
    megabytes(Math.max(...loads.map(({ peak }) => peak))),
  ];
}

async function loadOnce(
  title: string,
  source: string,
  more: string,
  folder: string,
  expected: number,
): Promise<Load> {
  const lines = Object.entries(types).map(([name, type]) => `      ${name}: ${type}`);
  await writeFile(
    path.join(folder, 'bench.yaml'),
    `version: 1\nname: bench\nsources: {bench: ${source}}\ntables:\n  bench:\n    from: {source: bench}\n    columns:\n${lines.join('\n')}\n${more}destinations: [{type: file, path: out/bench.hyper}]\n`,
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
  return { bytes: table.bytes, seconds: table.seconds, whole: run.seconds, cpu: run.cpu, peak: run.peak };
}

/** The header of a file, and the line of a row. */
interface Lines {
  header: string;
  line: (values: readonly (string | number | boolean)[]) => string;
}

const csvLines: Lines = {
  header: `${Object.keys(types).join(',')}\n`,
  line: (values) =>
    `${values.map((value) => (String(value).includes(',') ? `"${value}"` : value)).join(',')}\n`,
};

const jsonLines: Lines = {
  header: '',
  line: (values) =>
    `{${Object.keys(types)
      .map((key, at) => `"${key}":${JSON.stringify(values[at])}`)
      .join(',')}}\n`,
};

async function writeRows(file: string, rows: number, { header, line }: Lines): Promise<void> {
  const out = createWriteStream(file);
  out.write(header);
  let block = '';
  for (let n = 1; n <= rows; n++) {
    const day = new Date(Date.UTC(2020, 0, 1 + (n % 2000))).toISOString().slice(0, 10);
    const customer = `Customer, ${(n * 7919) % 100003}`;
    const code = String(n % 100000).padStart(6, '0');
    const amount = ((n * 31) % 1000000) / 100;
    block += line([
      n,
      day,
      customer,
      'Koeln',
      code,
      amount,
      n % 17,
      n / 7,
      n % 11 === 0,
      `a short note about row ${n}`,
    ]);
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
