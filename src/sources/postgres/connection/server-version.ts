import type pg from 'pg';
import type { Diagnostic, Place } from '../../../model/errors/diagnostic.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import type { Cursor } from '../contract/cursor-columns.ts';

/** The oldest versions that are read at all, and that load by cursor. */
const oldest = 10;
const oldestOfCursors = 12;

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

const written = (client: pg.Client) => versions.get(client)?.replace(/ .*/, '') ?? '';

/** Servers before 10 fail in one question or another; they are refused before the first. */
export function refuseOldServer(client: pg.Client, where: string, place: Place): void {
  if (majorOf(client) >= oldest) return;
  throw new RunError('EXT2024', `PostgreSQL at ${where} is version ${written(client)}, which is too old`, {
    hint: 'extracts reads PostgreSQL 12 or later, and 10 and 11 with mode: full',
    place,
  });
}

/** Returns the one warning about a version that no longer gets corrections, or nothing. */
export function oldVersionWarning(client: pg.Client, place: Place): Diagnostic[] {
  if (majorOf(client) >= oldestOfCursors) return [];
  return [
    {
      code: 'EXT2023',
      severity: 'warning',
      message: `PostgreSQL ${written(client)} is older than 12 and no longer maintained: it is read with mode: full only`,
      hint: 'upgrade the server to a version that is maintained',
      place,
    },
  ];
}

/**
 * Reports a cursor on a server before 12, where rows do not show reliably which transaction wrote them: late commits
 * and silent updates would be lost.
 */
export function oldCursorProblem(client: pg.Client, { load }: Cursor): Diagnostic[] {
  if (majorOf(client) >= oldestOfCursors) return [];
  return [
    {
      code: 'EXT2024',
      severity: 'error',
      message: `mode: ${load.kind === 'window' ? 'replace_window' : load.mode} needs PostgreSQL 12 or later, and the server is ${written(client)}`,
      hint: 'set mode: full, or upgrade the server',
      place: load.place,
    },
  ];
}
