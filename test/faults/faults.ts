import { setTimeout as passed } from 'node:timers/promises';
import type { Operation } from '../../stand-ins/s3/src/operation.ts';
import { hyperdsOf } from '../support/processes.ts';
import type { RunningCli } from '../support/cli.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export const kinds = [
  'SIGTERM',
  'SIGINT',
  'SIGKILL',
  'SIGTERM at once with SIGKILL to hyperd',
  'hyperd killed',
  'two signals',
  'server fails',
  'bucket fails',
  'sessions ended',
  'file too large',
] as const;
export type FaultKind = (typeof kinds)[number];

/** What is done to a run, as far as it is settled before it starts. */
export interface Fault {
  kind: FaultKind;
  /** The part of a usual run after which it happens. */
  moment: number;
}

export function chooseFault(random: Random, world: World): Fault {
  const possible = kinds.filter(
    (kind) =>
      (kind !== 'bucket fails' || world.bucket !== undefined) &&
      (kind !== 'sessions ended' || world.endSessions !== undefined),
  );
  return { kind: random.of(possible), moment: random.next() * 1.2 };
}

const servers = [
  { method: 'POST', path: /auth\/signin/ },
  { method: 'POST', path: /datasources/ },
  { method: 'POST', path: /fileUploads/ },
  { method: 'PUT', path: /fileUploads/ },
  { method: 'GET', path: /datasources/ },
  { method: 'GET', path: /jobs/ },
] as const;

/** Sets up what servers do to the run. */
export function prepare({ kind }: Fault, world: World, random: Random): void {
  const [nth, times] = [1 + random.below(3), 1 + random.below(2)];
  if (kind === 'server fails') {
    const act = random.of([
      { do: 'answer', status: 503, html: true } as const,
      { do: 'answer', status: 500, when: 'after-work' } as const,
      { do: 'reset', when: 'before' } as const,
      { do: 'reset', when: 'after-work' } as const,
      { do: 'wait', for: 300 + random.below(1000), when: 'after-work' } as const,
    ]);
    world.tableau.control.faults.add({ ...random.of(servers), nth, times, act });
  }
  if (kind === 'bucket fails') {
    const operation: Operation = random.of(['PutObject', 'GetObject', 'DeleteObject']);
    const act = random.of([
      { kind: 'error', code: 'InternalError' } as const,
      { kind: 'reset' } as const,
      { kind: 'lost-answer' } as const,
    ]);
    world.bucket?.control.faults.add({ operation, bucket: 'state', nth: nth * 3, times, act });
  }
}

/** Does to the run what is done while it is under way; `took` is how long a usual one takes, in milliseconds. */
export async function strike(
  { kind, moment }: Fault,
  cli: RunningCli,
  world: World,
  took: number,
): Promise<void> {
  if (kind === 'server fails' || kind === 'bucket fails' || kind === 'file too large') return;
  await Promise.race([passed(moment * took, undefined, { ref: false }), cli.outcome]);
  const killEngine = async () => {
    for (const pid of await hyperdsOf(world.project.folder)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  };
  switch (kind) {
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGKILL':
      cli.kill(kind);
      return;
    case 'two signals':
      cli.kill('SIGINT');
      await passed(50);
      cli.kill('SIGINT');
      return;
    case 'SIGTERM at once with SIGKILL to hyperd':
      cli.kill('SIGTERM');
      await killEngine();
      return;
    case 'hyperd killed':
      await killEngine();
      return;
    case 'sessions ended':
      await world.endSessions?.();
  }
}
