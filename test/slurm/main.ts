import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { commandLine } from '../support/cli.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { slurmVersion, startCluster } from './cluster.ts';

/**
 * `npm run test:slurm`: 200 items, published by an array of four tasks of a real Slurm, as docs/ci/slurm-array.sh describes it. Then all
 * of them change, and a task is requeued while it works. It is optional, because it needs Slurm, and root to start it.
 */
const version = await slurmVersion();
if (version === undefined || process.getuid?.() !== 0) {
  console.log(`SKIPPED: ${version === undefined ? 'Slurm is not installed' : 'this is not root'}, so nothing was checked.
  apt-get install slurmctld slurmd slurm-client
  npm run test:slurm`);
  process.exit(0);
}
console.log(`${version}: an array of 4 over 200 items`);

const keys = Array.from({ length: 200 }, (_, at) => `tenant_${String(at).padStart(3, '0')}`);
const folder = await mkdtemp(path.join(tmpdir(), 'slurm-'));
const project = path.join(folder, 'project');
const standIn = await startTableauStandIn();
const cluster = await startCluster(folder, 4);
try {
  await writeProject();
  await applyOnCluster({ requeue: false });
  expectRevisions(1);
  await Promise.all(keys.map((key, at) => writeItem(key, at + 2)));
  await applyOnCluster({ requeue: true });
  expectRevisions(2);
  const { stdout } = await extracts(['plan']);
  if (!stdout.includes('No changes.')) throw new Error(`planned again: ${stdout}`);
  console.log('planned again: No changes.');
} finally {
  await cluster.close();
  await standIn.close();
  await rm(folder, { recursive: true });
}

async function writeProject(): Promise<void> {
  await mkdir(path.join(project, 'pipelines/data'), { recursive: true });
  await mkdir(path.join(project, 'node_modules/.bin'), { recursive: true });
  const program = `#!/bin/sh\nexec ${commandLine.join(' ')} "$@"\n`;
  await writeFile(path.join(project, 'node_modules/.bin/extracts'), program, { mode: 0o755 });
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
for_each: {items: [${keys.join(', ')}]}
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

function extracts(args: readonly string[]) {
  const [node, program] = commandLine;
  return execa(node, [program, ...args], { cwd: project, env: { TABLEAU_PASSWORD: demo.password, CI: '' } });
}

/** Plans, and lets an array of four apply the plan; `requeue` ends its third task while it works, and starts it once more. */
async function applyOnCluster({ requeue }: { requeue: boolean }): Promise<void> {
  await extracts(['plan', '--shards', '4', '--out', 'plan.json']);
  const begin = performance.now();
  const script = new URL('../../docs/ci/slurm-array.sh', import.meta.url);
  // Two places for a task are more than a machine of two cores has for four.
  const text = (await readFile(script, 'utf8')).replace('--cpus-per-task=2', '--cpus-per-task=1');
  await writeFile(path.join(folder, 'job.sh'), text.replace(/^#SBATCH --mem=.*\n/m, ''));
  const job = await cluster.run('sbatch', [
    '--parsable',
    `--chdir=${project}`,
    `--output=${folder}/task-%a.txt`,
    '--open-mode=append',
    `--export=ALL,TABLEAU_PASSWORD=${demo.password},CI=`,
    path.join(folder, 'job.sh'),
  ]);
  if (requeue) {
    const published = standIn.control.world.publications.length;
    while (standIn.control.world.publications.length < published + 20) await pause(100);
    await cluster.run('scontrol', ['requeue', `${job}_3`]);
    console.log(
      `task 3 was requeued after ${standIn.control.world.publications.length - published} publications`,
    );
  }
  while ((await cluster.run('squeue', ['--noheader', '--job', job]).catch(() => '')) !== '') await pause(300);
  console.log(`applied in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  for (const task of [1, 2, 3, 4]) {
    const output = await readFile(path.join(folder, `task-${task}.txt`), 'utf8');
    const ends = output.match(/^(?:Apply: .*|Done before: .*|No changes\.|.*interrupted.*)$/gm) ?? [output];
    console.log(`  task ${task}: ${ends.join(' ')}`);
  }
}

function expectRevisions(wanted: number): void {
  const { dataSources } = standIn.control.world;
  const other = dataSources.filter(({ revisions }) => revisions.length !== wanted);
  if (dataSources.length !== keys.length || other.length > 0)
    throw new Error(
      `${dataSources.length} data sources, ${other.length} of them without ${wanted} revisions`,
    );
  console.log(`${dataSources.length} data sources, each with ${wanted} revision${wanted === 1 ? '' : 's'}`);
}
