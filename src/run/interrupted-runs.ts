import { randomBytes } from 'node:crypto';
import type { Plan } from '../model/plan/plan.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { OpenRun, StatePort } from '../model/ports/state-port.ts';
import type { RunContext } from './context.ts';

/** Returns the ids of runs that were interrupted, for `--resume`, and reports them. */
export async function interruptedRuns(
  state: StatePort,
  { notice }: Pick<RunContext, 'notice'>,
): Promise<ReadonlySet<string>> {
  const runs = (await state.openRuns()).filter(({ holder }) => holder.alive !== 'yes');
  notice({ type: 'resuming', runs: runs.map(({ holder: { since, name } }) => ({ since, name })) });
  return new Set(runs.map(({ id }) => id));
}

/** A run as others will find it if it is interrupted. */
export interface NotedRun {
  id: string;
  begin(): Promise<void>;
  /** It was not interrupted: neither it nor those that it has replaced are to be resumed. */
  end(resumed: ReadonlySet<string>): Promise<void>;
}

export function noteRun(state: StatePort, { pipelines, forgotten, missing = [] }: Plan): NotedRun {
  const id = randomBytes(8).toString('hex');
  const addresses = pipelines.map(({ address }) => address);
  return {
    id,
    begin: () => state.beginRun({ id, addresses }),
    async end(resumed) {
      const about = new Set([...addresses, ...[...forgotten, ...missing].map(({ address }) => address)]);
      // A run of a single pipeline is never noted.
      if (about.size < 2 && resumed.size === 0) return;
      // A run of another machine may still continue: it then only loses the possibility to be resumed.
      const isReplaced = (run: OpenRun) =>
        resumed.has(run.id) ||
        (run.holder.alive !== 'yes' && run.addresses.every((address) => about.has(address)));
      await state.endRun(id);
      for (const run of await readableRuns(state)) if (isReplaced(run)) await state.endRun(run.id);
    },
  };
}

/** Returns no runs if a note cannot be read: it does not concern a run that has ended, and `--resume` reports it. */
async function readableRuns(state: StatePort): Promise<readonly OpenRun[]> {
  try {
    return await state.openRuns();
  } catch (error) {
    if (error instanceof RunError && error.code === 'EXT6002') return [];
    throw error;
  }
}
