import type pg from 'pg';
import { codeOf } from '../../postgres/connect-errors.ts';
import { isMissing, mayNotCreate, newerTables } from './errors.ts';
import type { Session } from './session.ts';
import { migrationLock, migrations, newest, type Tables } from './tables.ts';

/** Makes sure that the tables are there, and that this program understands them. */
export interface Preparation {
  /** Resolves to false where there are no tables yet: nothing was ever recorded. What only looks creates nothing. */
  toRead(signal: AbortSignal): Promise<boolean>;
  /** Creates what is missing. */
  toWrite(signal: AbortSignal): Promise<void>;
}

export function prepareTables(session: Session, tables: Tables): Preparation {
  let found: number | undefined;
  const look = async (signal: AbortSignal): Promise<number> => {
    if (found !== undefined) return found;
    const version = await session.ask((client) => versionOf(client, tables), signal);
    if (version > newest) throw newerTables(version, newest, session.where);
    if (version > 0) found = version;
    return version;
  };
  let migrating: Promise<void> | undefined;
  return {
    toRead: async (signal) => (await look(signal)) > 0,
    async toWrite(signal) {
      if ((await look(signal)) === newest) return;
      migrating ??= session.ask((client) => migrate(client, session, tables), signal);
      await migrating.finally(() => (migrating = undefined));
      found = newest;
    },
  };
}

async function versionOf(client: pg.Client, tables: Tables): Promise<number> {
  try {
    const { rows } = await client.query<{ version: number }>(`select version from ${tables.version}`);
    return rows[0]?.version ?? 0;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/**
 * Several machines may start at once: the first one migrates, the others wait and find that it is done. The lock belongs to
 * the transaction, because a pooler may give the next one another session.
 */
async function migrate(client: pg.Client, { where }: Session, tables: Tables): Promise<void> {
  let user = '';
  try {
    await client.query('begin isolation level read committed');
    await client.query(`select pg_advisory_xact_lock(${migrationLock})`);
    const { rows } = await client.query<{ role: string; schema: boolean; tables: boolean }>(
      `select current_user as role, to_regnamespace($1) is not null as schema, to_regclass($2) is not null as tables`,
      [tables.schema, tables.version],
    );
    const [there] = rows;
    user = there?.role ?? '';
    // Asked for even where it exists, it would need the right to create schemas.
    if (there?.schema !== true) await client.query(`create schema ${tables.schema}`);
    const version = there?.tables === true ? await versionOf(client, tables) : 0;
    if (version > newest) throw newerTables(version, newest, where);
    for (const migration of migrations.slice(version)) await client.query(migration(tables));
    await client.query(`update ${tables.version} set version = ${newest}`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw codeOf(error) === '42501' ? mayNotCreate(error, user, where) : error;
  }
}
