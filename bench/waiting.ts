import { asRatio, inSeconds, megabytes } from './measure.ts';
import { openProject, ownProgram } from './project.ts';
import { fillTenants, watchEngine } from './tenants.ts';

export const waitingHeader = [
  'publications',
  'jobs of',
  'program',
  'seconds',
  'of the jobs in twenties',
  'our CPU',
  'our peak',
  'hyperd peak',
  'PostgreSQL connections at once',
];

/** The default of `limits.server_jobs`. */
const jobsAtOnce = 20;

export interface WaitingBench {
  count: number;
  /** The seconds that each job of the server takes, for each case. */
  jobSeconds: readonly number[];
  /** The main.js of other versions. */
  others: readonly string[];
}

/**
 * Measures the first apply of small extracts that are published to a server whose jobs take time, by the time that the
 * jobs alone would need, twenty at once.
 */
export async function benchWaiting({ count, jobSeconds, others }: WaitingBench): Promise<string[][]> {
  const rows: string[][] = [];
  for (const seconds of jobSeconds)
    for (const program of [ownProgram, ...others]) rows.push(await published(count, seconds, program));
  return rows;
}

async function published(count: number, jobSeconds: number, program: string): Promise<string[]> {
  const project = await openProject({ jobSeconds, program });
  try {
    await fillTenants(project, count);
    const engine = watchEngine();
    const { seconds, cpu, peak, connections } = await project.run(['apply', '--yes', '--json'], engine.look);
    const there = project.tableau.world.dataSources.length;
    if (there !== count) throw new Error(`${there} of ${count} data sources are published`);
    const floor = (count / jobsAtOnce) * jobSeconds;
    return [
      String(count),
      inSeconds(jobSeconds),
      program === ownProgram ? 'this' : program,
      inSeconds(seconds),
      floor === 0 ? '' : asRatio(seconds / floor),
      inSeconds(cpu),
      megabytes(peak),
      megabytes(engine.peak()),
      String(connections),
    ];
  } finally {
    await project.close();
  }
}
