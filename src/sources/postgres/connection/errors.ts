import pg from 'pg';
import { child, type Place } from '../../../model/errors/diagnostic.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { connectionHint, limitHint, rejectionHint } from './connect-hints.ts';
import { writtenSql } from '../sql/column.ts';
import { complaintHint, readComplaint } from '../sql/guards.ts';
import { foreign } from '../../../model/errors/secrets.ts';

/** Explains why a connection could not be made, with the remedy. Never shows the password. */
// eslint-disable-next-line max-lines-per-function -- one case for each error of the server
export function explainConnect(
  error: unknown,
  config: pg.ClientConfig,
  source: { place: Place; url?: string | undefined },
): RunError {
  const where = `${config.host ?? 'localhost'}:${config.port ?? 5432}`;
  const user = `user "${config.user ?? pg.defaults.user ?? ''}"`;
  const code = codeOf(error);
  const raw = messageOf(error);
  const place = child(source.place, source.url === undefined ? settingOf(code, raw) : 'url');
  const say = (message: string, hint: string) =>
    new RunError('EXT2001', message, { hint, place, cause: error });
  const text = foreign(raw);
  switch (code) {
    case '28P01':
      return say(
        `PostgreSQL at ${where} refused the password of ${user}`,
        source.url === undefined
          ? 'check user and password of this source'
          : 'check user and password; in a URL, :, /, @, # and % of a password are written %3A, %2F, %40, %23 and %25',
      );
    case '28000':
      return say(`PostgreSQL at ${where} does not let ${user} in: ${text}`, rejectionHint(raw));
    case '3D000':
      return say(
        `PostgreSQL at ${where} has no database "${config.database ?? ''}"`,
        'check the database name',
      );
    case '53300':
      return say(`PostgreSQL at ${where} has no connection left for ${user}: ${text}`, limitHint(raw));
    case '57P03':
      return say(`PostgreSQL at ${where} takes no connections now: ${text}`, 'run again in a moment');
    case 'ECONNREFUSED':
      return say(
        `nothing answers at ${where}`,
        'check host and port, and that PostgreSQL runs and listens there',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return say(`the host name "${config.host ?? ''}" cannot be resolved`, 'check the host of this source');
    case 'ENOENT':
      return say(`there is no PostgreSQL socket at ${config.host ?? ''}`, 'check the host of this source');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return say(
        `the certificate of PostgreSQL at ${where} is not signed by a known authority`,
        'give the authority: ssl: {mode: verify-full, ca: path/to/ca.pem}',
      );
    case 'CERT_HAS_EXPIRED':
      return say(`the certificate of PostgreSQL at ${where} has expired`, 'renew it on the server');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return say(
        `the certificate of PostgreSQL at ${where} is for another host`,
        'use the name in the certificate',
      );
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return say(
        `the key of the client certificate for PostgreSQL at ${where} is another one than its own`,
        'give the key with which cert was made',
      );
    default:
      if (raw.includes('client password must be'))
        return say(
          `PostgreSQL at ${where} asks for the password of ${user}, and none was given`,
          'give password: "${secret.NAME}", or set PGPASSWORD, or write it into ~/.pgpass',
        );
      return explainByText(raw, where, (config.connectionTimeoutMillis ?? 0) / 1000, say);
  }
}

/** Returns the key of a source without a URL that an error is about. */
function settingOf(code: string | undefined, text: string): string {
  if (code === '28P01' || text.includes('client password must be')) return 'password';
  if (code === '28000') return 'user';
  if (code === '3D000') return 'database';
  if (/SSL|CERT|SELF_SIGNED|UNABLE_TO/.test(code ?? '') || text.includes('does not support SSL'))
    return 'ssl';
  return 'host';
}

/** A connection attempt without an answer, where this run has connections open: a pooler may have given them all to it. */
export function ownConnectionsMayBlock(error: unknown): unknown {
  if (!(error instanceof RunError) || !isTimeout(messageOf(error.cause))) return error;
  return new RunError(error.code, `${error.message}, though this run has others open there`, {
    hint: `a pooler or proxy may have no connection left: let it have as many as this run takes, in extracts.yaml: limits: {connections: 2}; otherwise ${error.hint ?? 'check the network'}`,
    place: error.place,
    cause: error,
  });
}

const isTimeout = (text: string) => /timeout/i.test(text);

function explainByText(
  text: string,
  where: string,
  seconds: number,
  say: (message: string, hint: string) => RunError,
): RunError {
  if (text.includes('does not support SSL')) {
    return say(
      `PostgreSQL at ${where} does not speak TLS`,
      'use ssl: disable, if the network may be trusted',
    );
  }
  if (isTimeout(text))
    return say(`no answer from ${where} within ${seconds} s`, 'check host, port and firewall');
  return say(`cannot connect to PostgreSQL at ${where}: ${foreign(text)}`, connectionHint(text));
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
  const say = (message: string, hint?: string) =>
    new RunError('EXT2002', message, { hint, place, cause: error });
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

/** Returns the remedy for SQLSTATE 42501, whose text PostgreSQL writes in the language of the server. */
export const privilegeHint = (text: string) =>
  text.includes('row-level security')
    ? 'row_security is off for this user: reset it (alter role … reset row_security) to load the rows that the policies let it see, or give it BYPASSRLS to load all'
    : 'grant it: extracts explain EXT2016 shows the exact GRANT statements';

/** True where a server refused the user or its password, as against one that is not there or cannot be used. */
export const refusesUser = (error: unknown) => codeOf(error)?.startsWith('28') === true;

/** True where a pooler gave up waiting for a connection to the server. */
export const isConnectionWait = (error: unknown) => messageOf(error).includes('query_wait_timeout');

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

/** True where PostgreSQL itself answered with an error, as against a broken connection. */
export function isDatabaseError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError;
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return (error as { code?: string } | undefined)?.code;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
