import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { measure } from '../measure.ts';
import type { Contestant, Work } from './contestants.ts';
import { bytesBelow, cpuOfEndedChildren, cpuOfServer, usageOfTree } from './usage.ts';
import { watchSnapshot } from './watch-snapshot.ts';

/** What one run of a contestant took. */
export interface Taken {
  seconds: number;
  /** CPU seconds of the program without hyperd, of hyperd, and of PostgreSQL. */
  cpu: { program: number; hyperd: number; postgres: number };
  /** Most resident bytes of the program and hyperd together, and the part of them that is no file. */
  resident: number;
  anonymous: number;
  /** Most bytes of files beside the .hyper. */
  files: number;
  /** Seconds. */
  snapshotHeld: number;
}

/** The server, as seen from outside. */
export interface Server {
  url: string;
  pid: number;
  client: pg.Client;
}

/** Runs a contestant in a folder of its own. `use` gets the .hyper, before the folder is removed. */
export async function runOnce<T>(
  contestant: Contestant,
  { server, parent, ...table }: Pick<Work, 'shape' | 'table'> & { server: Server; parent: string },
  use: (out: string) => Promise<T>,
): Promise<{ taken: Taken; used: T }> {
  const folder = await mkdtemp(path.join(parent, 'run-'));
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  const out = path.join(folder, 'out.hyper');
  try {
    const command = await contestant.prepare({ url: server.url, ...table, folder, out });
    const { rows } = await server.client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ours = rows.map(({ pid }) => pid);
    const most = { resident: 0, anonymous: 0, files: 0 };
    const hyperd = new Map<number, number>();
    const before = { children: cpuOfEndedChildren(), server: cpuOfServer(server.pid, ours) };
    const watched = watchSnapshot(server.client);
    const running = measure(command.program, command.args, {
      cwd: folder,
      env: { ...command.env, TMPDIR: temporary },
      every: 20,
      look(pid) {
        const seen = usageOfTree(pid);
        most.resident = Math.max(most.resident, seen.resident);
        most.anonymous = Math.max(most.anonymous, seen.anonymous);
        most.files = Math.max(most.files, bytesBelow(folder, out));
        for (const [process, cpu] of seen.hyperd) hyperd.set(process, cpu);
      },
    });
    const [ran] = await Promise.allSettled([running]);
    const snapshotHeld = await watched.stop();
    if (ran.status === 'rejected') throw ran.reason;
    const hyperdCpu = [...hyperd.values()].reduce((sum, cpu) => sum + cpu, 0);
    const cpu = {
      program: cpuOfEndedChildren() - before.children - hyperdCpu,
      hyperd: hyperdCpu,
      postgres: cpuOfServer(server.pid, ours) - before.server,
    };
    return { taken: { seconds: ran.value.seconds, cpu, ...most, snapshotHeld }, used: await use(out) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
