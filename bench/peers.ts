import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../test/support/postgres.ts';
import { settle } from './measure.ts';
import { differences, writeExpected, type Expected } from './peers/compare.ts';
import { contestants, type Contestant } from './peers/contestants.ts';
import { lastLine, pythonEnvironment, type Environment } from './peers/environment.ts';
import { raceTable, valuesTable, type Result } from './peers/markdown.ts';
import { runOnce, type Server } from './peers/run-once.ts';
import { raced, shapeOf, specials } from './peers/values.ts';
import { fillTable, type Shape } from './postgres.ts';

/**
 * `npm run bench -- peers [--rows 2000000] [--runs 5]`: the same table of PostgreSQL becomes a .hyper by extracts and by scripts with other
 * libraries, in turns. Prints Markdown: what each takes, and whether the values are exact.
 */
export async function benchPeers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string', default: '2000000' }, runs: { type: 'string', default: '5' } },
  });
  const environment = await pythonEnvironment();
  if (typeof environment === 'string') {
    process.stdout.write(`SKIPPED: ${environment}, so there is nothing to compare with.\n`);
    return;
  }
  const postgres = await startPostgres();
  const parent = await mkdtemp(path.join(tmpdir(), 'bench-'));
  await chmod(parent, 0o777);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const server = { url: postgres.url, pid: postgres.pid, client };
  try {
    const shape = { name: 'race', rows: Number(values.rows), columns: raced };
    const { rows: versions } = await client.query<{ version: string }>('select version()');
    process.stdout.write(
      `${shape.rows} rows x 10 columns, runs: ${values.runs}; ${/^PostgreSQL \S+/.exec(versions[0]?.version ?? '')?.[0] ?? ''}\n\n`,
    );
    const results = await race({ server, parent }, { environment, shape, runs: Number(values.runs) });
    process.stdout.write(`${raceTable(results)}\n\n`);
    const outcomes: [string, ...string[]][] = contestants(environment).map(({ name }) => [name]);
    for (const special of specials) {
      const found = await tryValues({ server, parent }, shapeOf(special), contestants(environment));
      for (const [index, outcome] of found.entries()) outcomes[index]?.push(outcome);
    }
    process.stdout.write(
      `${valuesTable(
        specials.map(({ name }) => name),
        outcomes,
      )}\n`,
    );
  } finally {
    await client.end();
    await postgres.close();
    await rm(parent, { recursive: true, force: true });
  }
}

interface Place {
  server: Server;
  parent: string;
}

interface Race {
  environment: Environment;
  shape: Shape;
  runs: number;
}

/** All contestants in turns; each turn begins with another one, so that none always follows the same. */
async function race(place: Place, { environment, shape, runs }: Race): Promise<Result[]> {
  const all = contestants(environment);
  await fillTable(place.server.client, shape);
  const expected = await writeExpected(place.server.client, 'bench', place.parent);
  const results = new Map(
    all.map(({ name, packages }): [string, Result & { taken: Result['taken'][number][] }] => {
      const versions = packages.map((one) => `${one} ${environment.versions.get(one) ?? '?'}`).join(', ');
      return [name, { name, versions, taken: [], differences: undefined }];
    }),
  );
  for (let run = 0; run < runs; run++)
    for (const contestant of [...all.slice(run % all.length), ...all.slice(0, run % all.length)]) {
      const result = results.get(contestant.name);
      if (result === undefined || result.failure !== undefined) continue;
      settle();
      try {
        const { taken, used } = await runOnce(
          contestant,
          { ...place, shape, table: 'bench' },
          async (out) => result.differences ?? differences(out, expected),
        );
        result.taken.push(taken);
        result.differences = used;
      } catch (error) {
        result.failure = failureOf(error);
      }
      process.stderr.write(
        `${run + 1}/${runs} ${contestant.name}: ${result.taken.at(-1)?.seconds.toFixed(2) ?? result.failure}\n`,
      );
    }
  return [...results.values()];
}

/** Returns what each contestant makes of a table of special values: `exact`, `refused`, or what it changed without a word. */
async function tryValues(place: Place, shape: Shape, all: readonly Contestant[]): Promise<string[]> {
  await fillTable(place.server.client, shape);
  const expected = await writeExpected(place.server.client, 'bench', place.parent);
  const outcomes: string[] = [];
  for (const contestant of all) outcomes.push(await outcomeOf(place, shape, { contestant, expected }));
  return outcomes;
}

async function outcomeOf(
  place: Place,
  shape: Shape,
  { contestant, expected }: { contestant: Contestant; expected: Expected },
): Promise<string> {
  const made = await runOnce(contestant, { ...place, shape, table: 'bench' }, (out) =>
    differences(out, expected),
  ).catch((error: unknown) => failureOf(error));
  if (typeof made === 'string') {
    process.stderr.write(`${contestant.name}, ${shape.name}: ${made}\n`);
    return 'refused';
  }
  return made.used.length === 0 ? 'exact' : made.used.map((one) => one.replace('value ', '')).join('; ');
}

/** Returns our code, or the line of the traceback that names the error. */
function failureOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /EXT\d{4}/.exec(text)?.[0] ?? /^[\w.]*(?:Error|Exception)\b.*/m.exec(text)?.[0] ?? lastLine(text);
}
