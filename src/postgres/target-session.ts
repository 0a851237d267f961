import type pg from 'pg';
import type { TargetSession } from '../model/config/postgres-url.ts';

/**
 * Returns why a server is not the wanted one of several, in libpq's terms for `target_session_attrs`; undefined if it
 * is. `prefer-standby` wants a standby first, and then takes any.
 */
export async function mismatch(client: pg.Client, wanted: TargetSession): Promise<string | undefined> {
  if (wanted === 'any') return undefined;
  const { rows } = await client.query<{ standby: boolean; locked: boolean }>(
    `select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::bool as locked`,
  );
  const { standby = false, locked = false } = rows[0] ?? {};
  switch (wanted) {
    case 'read-write':
      return standby || locked ? 'its sessions are read-only' : undefined;
    case 'read-only':
      return standby || locked ? undefined : 'its sessions are not read-only';
    case 'primary':
      return standby ? 'it is a standby' : undefined;
    case 'standby':
    case 'prefer-standby':
      return standby ? undefined : 'it is no standby';
  }
}
