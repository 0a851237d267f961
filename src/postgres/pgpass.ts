import type pg from 'pg';
import pgpass from 'pgpass';
import { keepSecret } from '../model/errors/secrets.ts';

/**
 * Has a client without a password, in its source or in PGPASSWORD, look into ~/.pgpass or the file that PGPASSFILE names.
 * pg would do so by itself, and warn on each run that its next version will not.
 */
export function usePasswordFile(client: pg.Client): void {
  const open = client as unknown as { password: string | PasswordFinder | null };
  if (typeof open.password === 'string') keepSecret(open.password);
  open.password ??= async (connection) => {
    const found = await new Promise<string | undefined>((resolve) => pgpass(connection, resolve));
    if (found !== undefined) keepSecret(found);
    return found;
  };
}

type PasswordFinder = (connection: pgpass.ConnectionInfo) => Promise<string | undefined>;
