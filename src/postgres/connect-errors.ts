import pg from 'pg';
import { child, type Place } from '../model/errors/diagnostic.ts';
import type { FailureClass } from '../model/errors/failure-class.ts';
import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import { connectionHint, limitHint, rejectionHint } from './connect-hints.ts';

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
    new RunError('EXT2001', message, { hint, place, cause: error, class: classOfConnect(code, raw) });
  const text = foreign(raw);
  switch (code) {
    case '28P01':
      return say(
        `PostgreSQL at ${where} refused the password of ${user}`,
        source.url === undefined
          ? 'check user and password'
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
      return say(`the host name "${config.host ?? ''}" cannot be resolved`, 'check the host');
    case 'ENOENT':
      return say(`there is no PostgreSQL socket at ${config.host ?? ''}`, 'check the host');
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

/** A server that starts up, has no connection left or does not answer may do so later; one that refuses us does not change its mind. */
function classOfConnect(code: string | undefined, text: string): FailureClass {
  const isNetwork = /^(?:ECONN|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT)/.test(code ?? '');
  const isServer = /^(?:08|53[0-9]|57)/.test(code ?? '') && code !== '53100';
  const isText = /timeout|terminated unexpectedly|Connection terminated|socket disconnected/i.test(text);
  return isNetwork || isServer || isText ? 'transient' : 'permanent';
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
      'use ssl: disable, or sslmode=disable in the URL, if the network may be trusted',
    );
  }
  if (isTimeout(text))
    return say(`no answer from ${where} within ${seconds} s`, 'check host, port and firewall');
  return say(`cannot connect to PostgreSQL at ${where}: ${foreign(text)}`, connectionHint(text));
}

/** True where a server refused the user or its password, as against one that is not there or cannot be used. */
export const refusesUser = (error: unknown) => codeOf(error)?.startsWith('28') === true;

/** True where a pooler gave up waiting for a connection to the server. */
export const isConnectionWait = (error: unknown) => messageOf(error).includes('query_wait_timeout');

/** True where PostgreSQL itself answered with an error, as against a broken connection. */
export function isDatabaseError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError;
}

/** Returns the SQLSTATE of the server, or the code of the system. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return (error as { code?: string } | undefined)?.code;
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
