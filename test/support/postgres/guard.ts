import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Owns a private temporary directory and the process that works in it; clears both when our process has ended. */
export interface Guard {
  directory: string;
  /** Names the process to end if we go away; undefined once it has ended by itself. */
  watch: (pid: number | undefined) => void;
  /** Ends the watched process, if any, and removes the directory. May be called twice. */
  clear: () => Promise<void>;
}

/**
 * No handler in this process can clean up after SIGKILL, and none for SIGINT or SIGTERM may be installed
 * here, since it would change how the process under test ends. So a shell waits for our end of its standard
 * input to close, which the system does for us however we end.
 */
export async function startGuard(): Promise<Guard> {
  const directory = await mkdtemp(join(tmpdir(), 'extracts-postgres-'));
  const shell = spawn('sh', ['-c', script, 'postgres-guard', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A separate session: Ctrl-C in the terminal must not reach it before its work is done.
    detached: true,
  });
  await once(shell, 'spawn');
  const ended = once(shell, 'exit');
  // A write to a guard that has ended is no reason to fail; clear() sees that it has ended.
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return {
    directory,
    watch: (pid) => shell.stdin.write(`${pid ?? ''}\n`),
    clear: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
}

/**
 * The guard's script. Each line read is the process to end, or empty for none; the end of input is the order to
 * clear. SIGQUIT makes a postmaster end at once with all its children. The waits are bounded, because an unreaped
 * process looks alive for ever. A killed server leaves the System V segment that PostgreSQL uses as its lock: line 7
 * of postmaster.pid has its key and id.
 */
const script = `
  while read -r line; do pid=$line; done
  tries=100
  if [ -n "$pid" ] && kill -QUIT "$pid"; then
    while kill -0 "$pid" && [ $tries -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
  fi
  segment=$(sed -n '7s/.* //p' "$1/data/postmaster.pid") && [ -n "$segment" ] && ipcrm -m "$segment"
  until rm -rf -- "$1" || [ $tries -le 0 ]; do sleep 0.1; tries=$((tries - 1)); done
`;
