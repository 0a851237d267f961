import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { type Airflow, until } from './server.ts';

/**
 * Kills a worker of a run, with its supervisor, after the server has published something in that run. The program that it has
 * started continues, as it would unless the whole machine is gone. Returns a line about it.
 */
export async function killWorker(airflow: Airflow, run: string, publications: () => number): Promise<string> {
  const before = publications();
  await until(() => Promise.resolve(publications() > before + 10), 'nothing was published', 900);
  const running = await airflow.query<{ pid: number; index: number }>(
    `select pid, map_index as index from task_instance
     where run_id = $1 and task_id = 'apply' and state = 'running' and pid is not null order by map_index limit 1`,
    [run],
  );
  const [worker] = running;
  if (worker === undefined) return 'no worker ran when one was to be killed';
  const supervisor = await parentOf(worker.pid);
  for (const pid of [supervisor, worker.pid]) await execa('kill', ['-KILL', String(pid)], { reject: false });
  return `shard ${worker.index + 1}: its worker was killed after ${publications() - before} publications`;
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
