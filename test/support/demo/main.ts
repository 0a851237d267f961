import { execa } from 'execa';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../postgres.ts';
import { createTables } from '../superstore/index.ts';
import { narrate } from '../../../stand-ins/tableau/src/narrate.ts';
import { demo as account } from '../../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../../stand-ins/tableau/src/stand-in.ts';
import { bucketVariables, startSalesBucket } from './sales-bucket.ts';

/**
 * The main job on a fresh machine: starts what the example pipelines need on loopback, then plans, applies and plans
 * again as a user would, with the real CLI; the second plan must find no changes. Ends what it started, also on Ctrl-C.
 * Works in this repository, or in the folder given, which has a copy of pipelines/; runs the program of this repository,
 * or the one given, with the `node` of PATH.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = path.resolve(process.argv[2] ?? root);
const program = path.resolve(process.argv[3] ?? path.join(root, 'dist/main.js'));
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort(name));

const say = (text: string) =>
  process.stdout.write(`\n\u001b[1m# ${text}\u001b[0m\n`.replaceAll(plainUnlessTty, ''));
const plainUnlessTty = process.stdout.isTTY
  ? /(?!)/g
  : new RegExp(String.fromCharCode(27) + '\\[[0-9]*m', 'g');

process.exitCode = await demo();

async function demo(): Promise<number> {
  say(
    'Starting PostgreSQL, an S3 stand-in (both with the sample shop) and one for Tableau Server on loopback',
  );
  const postgres = await startPostgres();
  const bucket = await startSalesBucket();
  const arrived: string[] = [];
  const tableau = await startTableauStandIn({
    onHappening: (happening) => void arrived.push(narrate(happening)),
  });
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await createTables(client, 1);
    await client.end();
    const variables = {
      SHOP_PG_URL: postgres.url,
      ...bucketVariables(bucket),
      TABLEAU_SERVER: tableau.url,
      TABLEAU_SITE: account.site,
      TABLEAU_TOKEN_NAME: account.patName,
      TABLEAU_TOKEN_SECRET: account.patSecret,
    };
    for (const command of [
      ['plan', 'pipelines/'],
      ['apply', '--yes', 'pipelines/'],
      ['plan', 'pipelines/', '--detailed-exitcode'],
      ['preview', 'pipelines/s3_sales.yaml', '--rows', '3'],
    ]) {
      const code = await extracts(command, variables);
      if (interruption.signal.aborted) return 130;
      if (code !== 0) return code;
    }
    await showResults();
    say('What arrived at the stand-in for Tableau Server');
    process.stdout.write(`${arrived.join('\n')}\n`);
    say(
      'Published: superstore (a template), superstore_published (generated) and s3_sales (the bare .hyper)',
    );
    process.stdout.write(
      'superstore_files stays a file: it is the pipeline that needs nothing but npm ci.\n',
    );
    return 0;
  } finally {
    await tableau.close();
    await bucket.close();
    await postgres.close();
  }
}

async function extracts(args: string[], variables: Record<string, string>): Promise<number> {
  say(`extracts ${args.join(' ')}`);
  const child = await execa('node', [program, ...args], {
    cwd: folder,
    env: variables,
    stdio: 'inherit',
    reject: false,
    cancelSignal: interruption.signal,
    forceKillAfterDelay: 10_000,
  });
  return child.exitCode ?? 1;
}

async function showResults(): Promise<void> {
  const results = path.join(folder, 'demo-results');
  say('The files, ready for Tableau Desktop: one swapped into its template, one generated, one bare');
  for (const name of (await readdir(results)).sort()) {
    const { size } = await stat(path.join(results, name));
    process.stdout.write(`demo-results/${name}  ${Math.round(size / 1000)} kB\n`);
  }
}
