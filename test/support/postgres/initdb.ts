import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, rm, writeFile } from 'node:fs/promises';
import type { Guard } from './guard.ts';
import { readTail } from './output.ts';
import type { Programs } from './programs.ts';

/** A data directory and who may do everything in it. */
export interface Cluster {
  directory: string;
  superuser: string;
  password: string;
}

/** Creates the data directory: UTF-8, the same locale on every machine, passwords asked also on loopback. */
export async function runInitdb(
  { initdb, user, major }: Programs,
  { directory, superuser, password }: Cluster,
  guard: Guard,
): Promise<void> {
  const passwordFile = `${directory}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) await chown(passwordFile, user.uid, user.gid);

  const child = spawn(
    initdb,
    [
      `--pgdata=${directory}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
      // No waiting for the disk: no data needs to survive a power cut.
      '--no-sync',
      ...(major >= 14 ? ['--no-instructions'] : []),
    ],
    {
      ...user,
      cwd: guard.directory,
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  const stderr = readTail(child.stderr);
  const closed = once(child, 'close');
  guard.watch(child.pid);
  const [code] = (await closed) as [number | null];
  guard.watch(undefined);
  if (code !== 0) throw new Error(`initdb failed (exit code ${code ?? 'none'}): ${stderr()}`);
  await rm(passwordFile);
}
