import pg from 'pg';
import type { Place } from '../../../model/errors/diagnostic.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { codeOf, messageOf } from '../../../postgres/connect-errors.ts';
import { writtenSql } from '../sql/column.ts';
import { complaintHint, readComplaint } from '../sql/guards.ts';
import { foreign } from '../../../model/errors/secrets.ts';

/** True for what PostgreSQL itself takes back (deadlocks, serialization, restarts, limits), and for broken connections. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  const code = error.code ?? '';
  // A full disk stays full.
  return /^(?:08|40|53|57)/.test(code) && code !== '53100';
}

/** The same for a statement about one table, in which a guard may have found a value that does not fit. */
export function explainTable(error: unknown, doing: string, table: Table): RunError {
  const complaint = error instanceof RunError ? undefined : readComplaint(messageOf(error));
  if (complaint === undefined) return explainQuery(error, doing, table.place);
  const [column] = table.columns
    .filter(({ name }) => [',', ':'].some((end) => complaint.startsWith(`${table.name}.${name}${end}`)))
    .toSorted((one, other) => other.name.length - one.name.length);
  return new RunError('EXT2003', complaint, {
    hint: complaintHint(complaint, column === undefined ? '…' : writtenSql(column)),
    place: column?.place ?? table.place,
    cause: error,
  });
}

/** Explains why a statement of ours failed while it read or looked. Throws an error that is a fault of this program. */
export function explainQuery(error: unknown, doing: string, place: Place): RunError {
  if (error instanceof RunError) return error;
  if (isFaultOfOurs(error)) throw error;
  const code = codeOf(error);
  const raw = messageOf(error);
  const text = foreign(raw);
  const kind = isPassing(error) ? 'transient' : 'permanent';
  const say = (message: string, hint?: string) =>
    new RunError('EXT2002', message, { hint, place, cause: error, class: kind });
  switch (code) {
    case '42501':
      return say(`${doing}: ${text}`, privilegeHint(raw));
    case '40001':
      return say(
        `${doing}: the replica cancelled the read, because replaying changes had to wait for it: ${text}`,
        replicaHint,
      );
    case '55P03':
      return new RunError('EXT2022', `${doing}: another session holds a lock for too long: ${text}`, {
        place,
        cause: error,
      });
    case '57014':
      return say(
        `${doing}: the server cancelled the statement: ${text}`,
        'another user or a time limit ended it; run again',
      );
    case '57P01':
    case '57P02':
    case '57P03':
      return say(
        `${doing}: PostgreSQL ended the session: it is shutting down or restarting, or another user ended it`,
        'run again when it is up; nothing was changed',
      );
    default:
      break;
  }
  if (!(error instanceof pg.DatabaseError)) {
    return say(`${doing}: the connection to PostgreSQL broke (${text})`, 'run again; nothing was changed');
  }
  return say(`${doing}: ${text}`, error.hint && foreign(error.hint));
}

/**
 * Neither PostgreSQL nor a network throws these; as a broken connection they would send people to look in the
 * wrong place.
 */
const isFaultOfOurs = (error: unknown) =>
  [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);

/** Returns the remedy for SQL that the server refuses; undefined if its message says all that is known. */
export function sqlHint({ code, message, hint }: pg.DatabaseError): string | undefined {
  if (code === '42501') return privilegeHint(message);
  if (hint !== undefined) return foreign(hint);
  return code === '42P01' ? unknownRelation : undefined;
}

const unknownRelation =
  'write it with its schema, or name that in the source: options: -c search_path=…; a schema that this user may not use counts as absent';

/** Returns the remedy for SQLSTATE 42501, whose text PostgreSQL writes in the language of the server. */
export const privilegeHint = (text: string) =>
  text.includes('row-level security')
    ? 'row_security is off for this user: reset it (alter role … reset row_security) to load the rows that the policies let it see, or give it BYPASSRLS to load all'
    : 'grant it: extracts explain EXT2016 shows the exact GRANT statements';

/** Returns the remedy where replaying changes ends what is read on a replica (SQLSTATE 40001 and 40P01). */
export const replicaHint =
  'read from the primary, or raise max_standby_streaming_delay or set hot_standby_feedback on the replica';

/** True where a replica ended a session or statement because replaying changes had to wait for it. */
export const isReplay = (error: unknown) => ['40001', '40P01'].includes(codeOf(error) ?? '');

/** True where the wait for a lock was given up. */
export const isLockTimeout = (error: unknown) =>
  error instanceof RunError ? error.code === 'EXT2022' : codeOf(error) === '55P03';

/**
 * True where PostgreSQL has something against the statement itself. Everything else that it answers with is of the
 * moment: locks, limits, cancelled statements, a server that stops.
 */
export const isAboutSql = (error: pg.DatabaseError) => !/^(?:08|40|53|57|55P03)/.test(error.code ?? '');
