/**
 * Loads the same bytes as 1, 8 and 200 objects of the S3 stand-in into a .hyper by the program itself, beside floors
 * of the same run: `tsx bench/s3.ts [MIB] [RUNS] [COUNTS]`. Once with typed columns, each value of which is checked,
 * and once with columns of text, of which none can change and only the grammar is checked; each beside hyperd with
 * the same columns.
 *
 * - plain: hyperd with its defaults, reading the bytes as local files by path, as many COPYs as it does best (all
 *   files in one, or two halves side by side).
 * - load: the same with as many threads as we give it.
 * - drain: all objects fetched by eight plain requests at a time and thrown away.
 * - combined: max(drain, load, CPU of hyperd's load and of the stand-in's drain / cores). The stand-in, which real S3
 *   is not, runs on the same cores; the time that it takes from them cannot be recovered.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { loadByPaths, plainHyperd } from './engine.ts';
import { asRatio, inSeconds, measure, megabytes, median, observe, settle, usageOf } from './measure.ts';
import { alignColumns } from '../src/render/table.ts';

const [mebibytes = 256, runs = 3] = process.argv.slice(2, 4).map(Number);
const counts = (process.argv[4] ?? '1,8,200').split(',').map(Number);
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const cores = availableParallelism();

type Columns = Readonly<Record<string, string>>;

const types: Columns = {
  id: 'bigint',
  customer: 'text',
  day: 'date',
  amount: 'double precision',
  quantity: 'int',
  region: 'text',
  sku: 'text',
  month: 'int',
  ratio: 'double precision',
  note: 'text',
};

const kinds: Readonly<Record<string, Columns>> = {
  checked: types,
  unchecked: Object.fromEntries(Object.keys(types).map((name) => [name, 'text'])),
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

const folder = await mkdtemp(path.join(tmpdir(), 'bench-s3-'));
await chmod(folder, 0o777);
let standIn: ChildProcess | undefined;
try {
  const files = new Map<number, string[]>();
  for (const count of counts) files.set(count, await writeObjects(count));
  standIn = fork(
    new URL('../stand-ins/s3/src/main.ts', import.meta.url),
    ['--dir', path.join(folder, 'buckets')],
    { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const [told] = (await once(standIn.stdout ?? process.stdin, 'data')) as [Buffer];
  const said = (name: string) => new RegExp(`${name}=(.*)`).exec(told.toString())?.[1] ?? '';
  const pid = standIn.pid ?? 0;
  const access = {
    endpoint: said('AWS_ENDPOINT_URL_S3'),
    id: said('AWS_ACCESS_KEY_ID'),
    secret: said('AWS_SECRET_ACCESS_KEY'),
  };
  process.stdout.write(
    `${cpus()[0]?.model ?? '?'}, ${cores} cores, node ${process.version}, ${mebibytes} MiB, median of ${runs}\n\n`,
  );
  const rows: string[][] = [];
  for (const [kind, columns] of Object.entries(kinds)) {
    for (const count of counts) {
      rows.push(await bench({ count, kind, columns }, files.get(count) ?? [], access, pid));
    }
  }
  const header = [
    ...[
      'S3 -> .hyper',
      'plain',
      'load',
      'drain',
      'combined floor',
      'apply',
      'of plain',
      'of load',
      'of floor',
    ],
    ...['CPU: hyperd alone', 'stand-in', 'ours', 'our peak'],
  ];
  process.stdout.write(`${alignColumns([header, ...rows]).join('\n')}\n`);
} finally {
  standIn?.kill();
  await rm(folder, { recursive: true, force: true });
}

async function writeObjects(count: number): Promise<string[]> {
  const bucket = path.join(folder, 'buckets', `b-${count}`);
  await mkdir(bucket, { recursive: true });
  const size = (mebibytes / count) * 2 ** 20;
  const parts = Math.max(1, Math.round(size / 2 ** 20));
  const part = Buffer.from(lines(1, size / parts));
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const file = path.join(bucket, `part_${String(index).padStart(3, '0')}.csv`);
      await writeFile(
        file,
        Array.from({ length: parts }, () => part),
      );
      return file;
    }),
  );
}

interface Access {
  endpoint: string;
  id: string;
  secret: string;
}

interface Case {
  count: number;
  kind: string;
  columns: Columns;
}

async function bench(
  { count, kind, columns }: Case,
  files: string[],
  access: Access,
  standInPid: number,
): Promise<string[]> {
  const project = path.join(folder, `project-${kind}-${count}`);
  await mkdir(path.join(project, 'pipelines'), { recursive: true });
  await writeFile(path.join(project, 'pipelines', 'bench.yaml'), pipelineOf(count, columns, access));
  const plain = await plainHyperd(folder);
  const plains: { seconds: number }[] = [];
  const loads: { seconds: number; cpu: number }[] = [];
  const drains: { seconds: number; cpu: number }[] = [];
  const applies: { seconds: number; cpu: number; peak: number; standIn: number }[] = [];
  for (let run = 0; run < runs; run++) {
    settle();
    plains.push(await loadBest(files, columns, plain));
    settle();
    loads.push(await loadBest(files, columns));
    settle();
    drains.push(
      await observe(standInPid, () =>
        drain(
          files.map((file) => path.basename(file)),
          count,
          access,
        ),
      ),
    );
    await rm(path.join(project, '.extracts'), { recursive: true, force: true });
    await rm(path.join(project, 'build'), { recursive: true, force: true });
    settle();
    const before = usageOf(standInPid)?.cpu ?? 0;
    const done = await measure(process.execPath, [program, 'apply', '--yes', '--json', 'pipelines'], {
      cwd: project,
      env: { LAKE_KEY: access.secret },
    });
    const { pipelines } = JSON.parse(done.stdout) as { pipelines: [{ tables: [{ seconds: number }] }] };
    applies.push({
      seconds: pipelines[0].tables[0].seconds,
      cpu: done.cpu,
      peak: done.peak,
      standIn: (usageOf(standInPid)?.cpu ?? 0) - before,
    });
  }
  const of = <T>(list: readonly T[], pick: (one: T) => number) => median(list.map(pick));
  const asItComes = of(plains, ({ seconds }) => seconds);
  const load = of(loads, ({ seconds }) => seconds);
  const drained = of(drains, ({ seconds }) => seconds);
  const cpu = of(loads, (one) => one.cpu) + of(drains, (one) => one.cpu);
  const floor = Math.max(load, drained, cpu / cores);
  const took = of(applies, ({ seconds }) => seconds);
  return [
    `${count} object${count === 1 ? '' : 's'}, ${kind} columns`,
    ...[asItComes, load, drained, floor, took].map(inSeconds),
    asRatio(took / asItComes),
    asRatio(took / load),
    asRatio(took / floor),
    ...[of(loads, (one) => one.cpu), of(applies, (one) => one.standIn), of(applies, (one) => one.cpu)].map(
      inSeconds,
    ),
    megabytes(Math.max(...applies.map(({ peak }) => peak))),
  ];
}

/** All in one COPY, or two halves side by side: whichever is quicker. */
async function loadBest(
  files: string[],
  columns: Columns,
  binary?: string,
): Promise<{ seconds: number; cpu: number }> {
  const whole = await loadByPaths([files], columns, 'format csv', folder, binary);
  if (files.length === 1) return whole;
  const half = Math.ceil(files.length / 2);
  const lists = [files.slice(0, half), files.slice(half)];
  const halves = await loadByPaths(lists, columns, 'format csv', folder, binary);
  return whole.seconds < halves.seconds ? whole : halves;
}

async function drain(keys: string[], count: number, { endpoint, id, secret }: Access): Promise<void> {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: id, secretAccessKey: secret },
  });
  const left = [...keys];
  const take = async () => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: `b-${count}`, Key: key }));
      const body = Body as Readable;
      body.resume();
      await once(body, 'end');
    }
  };
  await Promise.all(Array.from({ length: 8 }, take));
  client.destroy();
}

function pipelineOf(count: number, typed: Columns, { endpoint, id }: Access): string {
  const columns = Object.entries(typed).map(([name, type]) => `${name}: ${type}`);
  return `version: 1
name: bench
sources:
  lake:
    type: s3
    bucket: b-${count}
    match: part_*.csv
    endpoint: ${endpoint}
    access_key_id: ${id}
    secret_access_key: '\${secret.LAKE_KEY}'
    format: {type: csv, header: false}
tables:
  t:
    from: {source: lake}
    columns: {${columns.join(', ')}}
destinations:
  - {type: file, path: ../out/bench.hyper}
`;
}
