import { execa } from 'execa';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { commandLine } from '../support/cli.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { airflowVersion, packageFolder, pythonPrograms } from './environment.ts';
import { killWorker } from './kill-worker.ts';
import { startAirflow } from './server.ts';

/**
 * `npm run test:airflow [ITEMS]`: ruff and pytest of integrations/airflow, then its DAG on a real Airflow: 1,000 items in 8 shards.
 * Then all items change, and a worker is killed while it works. It is optional, because it installs Airflow from PyPI.
 */
const python = await pythonPrograms();
if (typeof python === 'string') {
  console.log(`SKIPPED: ${python}, so nothing was checked.`);
  process.exit(0);
}
for (const [program, ...args] of [
  ['ruff', 'check'],
  ['ruff', 'format', '--check'],
  ['pytest', '-q'],
] as const)
  await execa(python.program(program), args, { cwd: packageFolder, stdio: 'inherit' });

const count = Number(process.argv[2] ?? 1000);
const keys = Array.from({ length: count }, (_, at) => `tenant_${String(at).padStart(4, '0')}`);
const folder = await mkdtemp(path.join(tmpdir(), 'airflow-'));
const project = path.join(folder, 'project');
const standIn = await startTableauStandIn();
await writeProject();
const airflow = await startAirflow(python, folder, {
  dag: `from datetime import timedelta
from extracts_airflow import build_extracts_dag

dag = build_extracts_dag(
    "tenants",
    project=${JSON.stringify(project)},
    plans=${JSON.stringify(path.join(folder, 'plans'))},
    shards=8,
    secrets={"TABLEAU_PASSWORD": "tableau.password"},
    command=${JSON.stringify(commandLine)},
    retry_delay=timedelta(seconds=5),
)
`,
  connections: { tableau: JSON.stringify({ conn_type: 'generic', password: demo.password }) },
});
console.log(`Airflow ${airflowVersion} with LocalExecutor: ${count} items in 8 shards`);
try {
  await runOnce('first', 1);
  await Promise.all(keys.map((key, at) => writeItem(key, at + 2)));
  const killing = killWorker(airflow, 'second', () => standIn.control.world.publications.length);
  await runOnce('second', 2);
  console.log(await killing);
  const { stdout } = await execa(commandLine[0], [commandLine[1], 'plan'], {
    cwd: project,
    env: { TABLEAU_PASSWORD: demo.password, CI: '' },
  });
  if (!stdout.includes('No changes.')) throw new Error(`planned again: ${stdout}`);
  console.log('planned again: No changes.');
} finally {
  await airflow.close();
  await standIn.close();
  await rm(folder, { recursive: true, force: true });
}

async function writeProject(): Promise<void> {
  await mkdir(path.join(project, 'pipelines/data'), { recursive: true });
  await writeFile(
    path.join(project, 'extracts.yaml'),
    `version: 1
destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {user: ${demo.userName}, password: "\${secret.TABLEAU_PASSWORD}"}
`,
  );
  await writeFile(
    path.join(project, 'pipelines/sales.yaml'),
    `version: 1
name: sales
for_each: {items: [${keys.join(', ')}], max: ${count}}
sources: {files: {type: file, path: "data/\${each.key}.csv"}}
tables:
  sales: {from: {source: files}, columns: {id: int}}
destinations: [{use: tableau, project: Tenants, name: "Sales of \${each.key}"}]
`,
  );
  await Promise.all(keys.map((key) => writeItem(key, 1)));
}

function writeItem(key: string, rows: number): Promise<void> {
  const lines = Array.from({ length: rows }, (_, row) => `${row}\n`);
  return writeFile(path.join(project, `pipelines/data/${key}.csv`), `id\n${lines.join('')}`);
}

/** Runs the DAG, and expects that every data source has been published so many times, and that Airflow knows it. */
async function runOnce(id: string, revisions: number): Promise<void> {
  const begin = performance.now();
  const state = await airflow.run('tenants', id);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const tasks = await airflow.query<{ task: string; state: string; tries: number; count: string }>(
    `select task_id as task, state, try_number as tries, count(*) from task_instance where run_id = $1
     group by 1, 2, 3 order by 1, 2, 3`,
    [id],
  );
  console.log(`run ${id}: ${state} in ${seconds} s`);
  for (const { task, state, tries, count } of tasks)
    console.log(`  ${count} of ${task}: ${state}, ${tries === 1 ? 'first try' : `try ${tries}`}`);
  const { dataSources } = standIn.control.world;
  const other = dataSources.filter((one) => one.revisions.length !== revisions);
  console.log(
    `  ${dataSources.length} data sources, ${other.length} of them without ${revisions} revision(s)`,
  );
  const [events] = await airflow.query<{ assets: string; events: string }>(
    `select count(distinct asset_id) as assets, count(*) as events from asset_event where source_run_id = $1`,
    [id],
  );
  console.log(`  ${events?.events} events of ${events?.assets} assets`);
  if (state !== 'success') console.log((await airflow.logs(id)).join('\n'));
  // The events of a try whose worker was killed come with the next one: at least once, and of each asset.
  const isWhole = Number(events?.assets) === count && dataSources.length === count && other.length === 0;
  if (state !== 'success' || !isWhole) throw new Error(`run ${id} is not as it should be`);
}
