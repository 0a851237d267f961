import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainHyperd } from './engine.ts';
import { asRatio, inSeconds, measure, megabytes, median, observe, settle, usageOf } from './measure.ts';
import { drain, loadBest, pipe } from './s3-floors.ts';
import { kinds, writeObjects, type Columns, type Objects } from './s3-objects.ts';
import { startStandIn, type StandIn } from './s3-stand-in.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const cores = availableParallelism();

export interface S3Bench {
  mebibytes: number;
  runs: number;
  /** Numbers of objects that the same bytes are divided into. */
  counts: readonly number[];
  /** `dist/main.js` of other versions, which take turns with this one. */
  others: readonly string[];
}

export const s3Header = ({ others }: S3Bench) => [
  ...['S3 -> .hyper', 'by path', 'ours', 'drain', 'combined', 'pipe', 'apply'],
  ...['of by path', 'of ours', 'of combined', 'of pipe'],
  ...['CPU: hyperd by path', 'stand-in', 'ours', 'our peak'],
  ...others.flatMap((_, index) => [`of program ${index + 2}`, 'its CPU']),
];

/**
 * Loads the same bytes as several numbers of objects of the S3 stand-in into a .hyper by the program itself, and packed
 * as one object. Once with typed columns, each value of which is checked, and once with columns of text, of which none
 * can change and only the grammar is checked. Floors of the same run, with the same columns and no check:
 *
 * - by path: hyperd with its defaults, reading the bytes as local files that are not packed, as many COPYs as it does
 *   best (all files in one, or two halves side by side); ours: the same with as many threads as we give it.
 * - drain: all objects fetched by eight plain requests at a time and thrown away.
 * - combined: max(drain, by path with our threads, CPU of both / cores). The stand-in, which real S3 is not, runs on the same
 *   cores; the time that it takes from them cannot be recovered.
 * - pipe: hyperd given by one COPY what plain requests return.
 */
export async function benchS3(bench: S3Bench): Promise<string[][]> {
  const { mebibytes, counts } = bench;
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-s3-'));
  let standIn: StandIn | undefined;
  try {
    await chmod(folder, 0o777);
    const all: Objects[] = [];
    for (const count of counts) all.push(await writeObjects(folder, mebibytes, count, false));
    all.push(await writeObjects(folder, mebibytes, 1, true));
    standIn = await startStandIn(folder);
    const rows: string[][] = [];
    for (const [kind, columns] of Object.entries(kinds))
      for (const objects of all) rows.push(await row({ kind, columns, objects, bench, folder, standIn }));
    return rows;
  } finally {
    standIn?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Case {
  kind: string;
  columns: Columns;
  objects: Objects;
  bench: S3Bench;
  folder: string;
  standIn: StandIn;
}

interface Apply {
  seconds: number;
  cpu: number;
  peak: number;
  standIn: number;
}

async function row(one: Case): Promise<string[]> {
  const { kind, columns, objects, bench, folder, standIn } = one;
  const { keys, files, isPacked } = objects;
  const project = path.join(folder, `project-${kind}-${objects.bucket}`);
  await mkdir(path.join(project, 'pipelines'), { recursive: true });
  await writeFile(path.join(project, 'pipelines', 'bench.yaml'), pipelineOf(one));
  const plain = await plainHyperd(folder);
  const programs = [program, ...bench.others];
  const plains: { seconds: number }[] = [];
  const loads: { seconds: number; cpu: number }[] = [];
  const drains: { seconds: number; cpu: number }[] = [];
  const pipes: { seconds: number }[] = [];
  const applies = programs.map((): Apply[] => []);
  for (let run = 0; run < bench.runs; run++) {
    settle();
    plains.push(await loadBest(files, columns, folder, plain));
    settle();
    loads.push(await loadBest(files, columns, folder));
    settle();
    drains.push(await observe(standIn.pid, () => drain(objects, standIn)));
    settle();
    pipes.push(await pipe(objects, columns, standIn, folder));
    for (const [index, main] of programs.entries()) applies[index]?.push(await applyOnce(main, project, one));
  }
  const [ours = [], ...theirs] = applies;
  const of = <T>(list: readonly T[], pick: (one: T) => number) => median(list.map(pick));
  const load = of(loads, ({ seconds }) => seconds);
  const drained = of(drains, ({ seconds }) => seconds);
  const cpu = of(loads, (one) => one.cpu) + of(drains, (one) => one.cpu);
  const floors = [
    of(plains, ({ seconds }) => seconds),
    load,
    Math.max(load, drained, cpu / cores),
    of(pipes, ({ seconds }) => seconds),
  ] as const;
  const took = of(ours, ({ seconds }) => seconds);
  const title = `${keys.length} object${keys.length === 1 ? '' : 's'}${isPacked ? ', gzip' : ''}`;
  return [
    `${title}, ${kind} columns`,
    ...[floors[0], load, drained, floors[2], floors[3], took].map(inSeconds),
    ...floors.map((floor) => asRatio(took / floor)),
    ...[of(loads, (one) => one.cpu), of(ours, (one) => one.standIn), of(ours, (one) => one.cpu)].map(
      inSeconds,
    ),
    megabytes(Math.max(...ours.map(({ peak }) => peak))),
    ...theirs.flatMap((list) => [
      asRatio(took / of(list, ({ seconds }) => seconds)),
      inSeconds(of(list, (one) => one.cpu)),
    ]),
  ];
}

async function applyOnce(main: string, project: string, { standIn }: Case): Promise<Apply> {
  for (const rest of ['.extracts', 'build'])
    await rm(path.join(project, rest), { recursive: true, force: true });
  settle();
  const before = usageOf(standIn.pid)?.cpu ?? 0;
  const done = await measure(process.execPath, [main, 'apply', '--yes', '--json', 'pipelines'], {
    cwd: project,
    env: { LAKE_KEY: standIn.secretAccessKey },
  });
  const { pipelines } = JSON.parse(done.stdout) as { pipelines: [{ tables: [{ seconds: number }] }] };
  return {
    seconds: pipelines[0].tables[0].seconds,
    cpu: done.cpu,
    peak: done.peak,
    standIn: (usageOf(standIn.pid)?.cpu ?? 0) - before,
  };
}

function pipelineOf({ columns: typed, objects, standIn: { endpoint, accessKeyId } }: Case): string {
  const columns = Object.entries(typed).map(([name, type]) => `${name}: ${type}`);
  return `version: 1
name: bench
sources:
  lake:
    type: s3
    bucket: ${objects.bucket}
    match: part_*
    endpoint: ${endpoint}
    access_key_id: ${accessKeyId}
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
