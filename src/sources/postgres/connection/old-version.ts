import type pg from 'pg';
import type { Diagnostic, Place } from '../../../model/errors/diagnostic.ts';
import { majorOf, versionText } from '../../../postgres/server-version.ts';
import type { Cursor } from '../contract/cursor-columns.ts';

/** The oldest version from which rows are loaded by cursor. */
const oldestOfCursors = 12;

/** Returns the one warning about a version that no longer gets corrections, or nothing. */
export function oldVersionWarning(client: pg.Client, place: Place): Diagnostic[] {
  if (majorOf(client) >= oldestOfCursors) return [];
  return [
    {
      code: 'EXT2023',
      severity: 'warning',
      message: `PostgreSQL ${versionText(client)} is older than 12 and no longer maintained: it is read with mode: full only`,
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
      message: `mode: ${load.kind === 'window' ? 'replace_window' : load.mode} needs PostgreSQL 12 or later, and the server is ${versionText(client)}`,
      hint: 'set mode: full, or upgrade the server',
      place: load.place,
    },
  ];
}
