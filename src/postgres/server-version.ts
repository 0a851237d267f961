import type pg from 'pg';
import type { Place } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';

/** The oldest version that is used at all. */
const oldest = 10;

const versions = new WeakMap<pg.Client, string>();

/** Keeps the version that the server reports while it lets the client in, as poolers in between do, too. */
export function noteVersion(client: pg.Client): void {
  client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === 'server_version') versions.set(client, status.parameterValue);
  });
}

/** Returns 18 of `18.4 (Debian 18.4-1)`; a server that reports no version counts as a new one. */
export function majorOf(client: pg.Client): number {
  const [digits] = /^\d+/.exec(versions.get(client) ?? '') ?? [];
  return digits === undefined ? Infinity : Number(digits);
}

/** Returns the version as the server writes it, without what its packager adds. */
export const versionText = (client: pg.Client) => versions.get(client)?.replace(/ .*/, '') ?? '';

/** Servers before 10 fail in one question or another; they are refused before the first. */
export function refuseOldServer(client: pg.Client, where: string, place: Place): void {
  if (majorOf(client) >= oldest) return;
  throw new RunError(
    'EXT2024',
    `PostgreSQL at ${where} is version ${versionText(client)}, which is too old`,
    {
      hint: 'extracts reads PostgreSQL 12 or later, and 10 and 11 with mode: full',
      place,
    },
  );
}
