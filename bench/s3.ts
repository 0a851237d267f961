/**
 * The same bytes as 1, 8 and 200 objects of the S3 stand-in into a .hyper, beside hyperd reading them as local files (by
 * path, one COPY over all of them): `tsx bench/s3.ts [MIB] [RUNS]`. The stand-in runs in a process of its own.
 *
 * Also shown is the largest resident memory of this process, which is what the tool itself costs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { env } from 'node:process';
import { openHyper } from '../src/hyper/index.ts';
import type { Column, CsvFormat, S3Source, Table } from '../src/model/pipeline.ts';
import type { FeedPart } from '../src/model/feed.ts';
import { openSource } from '../src/sources/index.ts';

const [mebibytes = 256, runs = 3] = process.argv.slice(2).map(Number);
const counts = [1, 8, 200];

const place = { file: 'bench', pointer: '' };
const types = ['bigint', 'text', 'date', 'double', 'int', 'text', 'text', 'int', 'double', 'text'] as const;
const columns = types.map((kind, index): Column => {
  const name = `c${index}`;
  return {
    name,
    place,
    type: { kind },
    notNull: false,
    origin: { kind: 'column', name },
    onInfinite: 'error',
  };
});
const format: CsvFormat = {
  type: 'csv',
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: false,
  nulls: [''],
  encoding: 'utf-8',
  dateOrder: 'MDY',
  compression: 'none',
};
const table: Table = {
  name: 'sales',
  place,
  source: 'lake',
  from: { type: 's3' },
  columns,
  primaryKey: [],
  load: { mode: 'full' },
};

function lines(first: number, size: number): string {
  const made: string[] = [];
  for (let length = 0, id = first; length < size; id++) {
    const line = `${id},customer ${id % 9973},2026-0${1 + (id % 9)}-1${id % 10},${(id % 10_007) / 100},${id % 50},"Region ${id % 7}, East",SKU-${id % 4999},${id % 12},${(id % 97) / 4},note ${id % 31}\n`;
    made.push(line);
    length += line.length;
  }
  return made.join('');
}

const folder = await mkdtemp(path.join(tmpdir(), 'extracts-bench-'));
const block = Buffer.from(lines(1, 2 ** 20));
const extracts = openHyper({ env });
try {
  const files: Record<number, string[]> = {};
  for (const count of counts) {
    await mkdir(path.join(folder, 'buckets', `b-${count}`), { recursive: true });
    files[count] = [];
    const blocks = Math.max(1, Math.round(mebibytes / count));
    const part = mebibytes / count < 1 ? Buffer.from(lines(1, (mebibytes / count) * 2 ** 20)) : block;
    for (let index = 0; index < count; index++) {
      const file = path.join(folder, 'buckets', `b-${count}`, `part_${String(index).padStart(3, '0')}.csv`);
      await writeFile(
        file,
        Array.from({ length: blocks }, () => part),
      );
      files[count].push(file);
    }
  }
  const standIn = fork(
    new URL('../test/support/s3/main.ts', import.meta.url),
    ['--dir', path.join(folder, 'buckets')],
    {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const [told] = (await once(standIn.stdout ?? process.stdin, 'data')) as [Buffer];
  const said = (name: string) => new RegExp(`${name}=(.*)`).exec(told.toString())?.[1] ?? '';
  const sourceOf = (count: number): S3Source => ({
    type: 's3',
    place,
    bucket: `b-${count}`,
    match: ['*.csv'],
    exclude: [],
    minFiles: 1,
    format,
    access: {
      endpoint: said('AWS_ENDPOINT_URL_S3'),
      pathStyle: true,
      requesterPays: false,
      credentials: {
        kind: 'keys',
        accessKeyId: said('AWS_ACCESS_KEY_ID'),
        secretAccessKey: said('AWS_SECRET_ACCESS_KEY'),
      },
    },
  });
  console.log(
    `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${mebibytes} MiB per run, best of ${runs}`,
  );
  try {
    for (const count of counts) {
      const local: number[] = [];
      const remote: number[] = [];
      for (let run = 0; run < runs; run++) {
        local.push(await load((files[count] ?? []).map(localPart)));
        remote.push(await fromS3(sourceOf(count)));
      }
      const [floor, took] = [Math.min(...local), Math.min(...remote)];
      console.log(
        `${String(count).padStart(4)} objects: local files ${floor.toFixed(2)} s, S3 ${took.toFixed(2)} s, ratio ${(took / floor).toFixed(2)}; largest memory of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
      );
    }
  } finally {
    standIn.kill();
  }
} finally {
  await extracts.close();
  await rm(folder, { recursive: true, force: true });
}

async function load(parts: readonly FeedPart[]): Promise<number> {
  const { signal } = new AbortController();
  const file = path.join(folder, 'out.hyper');
  const extract = { schema: 'Extract', version: 3 as const, file, shown: file };
  const began = performance.now();
  const build = await extracts.build(extract, [table], signal);
  const { rows } = await build.load(table, parts, () => undefined, signal);
  await build.finish([], { sales: rows });
  return (performance.now() - began) / 1000;
}

async function fromS3(source: S3Source): Promise<number> {
  const { signal } = new AbortController();
  const port = openSource(source);
  const snapshot = await port.snapshot([table], signal);
  const { parts } = await snapshot.feed(table, signal);
  const seconds = await load(parts);
  await snapshot.end();
  await port.close();
  return seconds;
}

function localPart(file: string): FeedPart {
  return {
    kind: 'path',
    label: file,
    path: file,
    columns: columns.map(({ name }) => name),
    format: { ...format, type: 'csv', null: '', encoding: 'utf-8', forceNull: [] },
    constants: [],
    otherwise: () => undefined,
    explain: ({ message }) => Promise.reject(new Error(message)),
    translate: (error) => error,
  };
}
