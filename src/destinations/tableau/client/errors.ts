import type { TableauConnection, TableauDestination } from '../../../model/config/destination.ts';
import { child } from '../../../model/errors/diagnostic.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { Refused } from './http/answer.ts';
import { Lost } from './http/lost.ts';
import { SessionEnded, Unclear } from './http/persist.ts';
import { explainCode } from './error-codes.ts';
import { siteLabel } from './site-label.ts';

/** Returns an error of the client as a RunError at the line of the destination; our own errors pass unchanged. */
export function toRunError(error: unknown, destination: TableauDestination): unknown {
  if (error instanceof RunError) return error.place === undefined ? placed(error, destination) : error;
  if (error instanceof Unclear || error instanceof SessionEnded) return toRunError(error.cause, destination);
  if (error instanceof Lost) return lostToRunError(error, destination);
  return error instanceof Refused ? refusedToRunError(error, destination) : error;
}

/** The settings that errors of the client without a place of their own are about. */
const settings: Readonly<Record<string, string>> = {
  EXT5103: 'server',
  EXT5104: 'auth',
  EXT5105: 'auth',
  EXT5122: 'auth',
};

function placed(error: RunError, { place }: TableauDestination): RunError {
  const { code, message, hint, cause } = error;
  const setting = settings[code];
  const at = setting === undefined ? place : child(place, setting);
  return new RunError(code, message, { hint, place: at, cause, class: error.class });
}

function lostToRunError(error: Lost, { connection, place }: TableauDestination): RunError {
  const where = siteLabel(connection);
  if (error.lasting === 'tls') {
    return new RunError('EXT5102', `no safe connection to ${where}: ${error.reason}`, {
      hint: 'where an authority of your own signs certificates, name its PEM file with ca:; nothing was sent',
      place: child(place, 'server'),
      cause: error,
    });
  }
  const what = error.reach === 'none' ? 'cannot reach' : 'lost the connection to';
  return new RunError('EXT5101', `${what} ${where}: ${error.reason}`, {
    hint:
      error.lasting === 'proxy'
        ? 'HTTPS_PROXY (HTTP_PROXY for http://) names the proxy, as http://user:password@host:port where it wants them; hosts in NO_PROXY are asked directly'
        : 'check server: and the network; HTTPS_PROXY and NO_PROXY count; then run again',
    place: child(place, 'server'),
    cause: error,
    ...((error.lasting === 'proxy' || error.isUnknownHost) && { class: 'permanent' }),
  });
}

function refusedToRunError(error: Refused, destination: TableauDestination): RunError {
  const { connection, place } = destination;
  const where = siteLabel(connection);
  const { code, text, hint } = explainCode(error, destination);
  const said = [error.code ?? String(error.status), error.shownDetail]
    .filter((part) => part !== '')
    .join(': ');
  return new RunError(code, `${where} ${text} (${said})`, { hint, place, cause: error });
}

/** The server answers, but not as Tableau does. */
export function notTableau(
  connection: Pick<TableauConnection, 'server' | 'labels'>,
  error?: Refused,
): RunError {
  const host = connection.labels?.server ?? new URL(connection.server).host;
  const target =
    error?.location !== undefined && URL.canParse(error.location) ? new URL(error.location) : undefined;
  const answers = {
    html: `a web page${error?.detail ? ` ("${error.shownDetail}")` : ''}`,
    empty: 'nothing',
    api: `error ${error?.code ?? ''}`,
    other: 'something else',
  };
  const said =
    error === undefined
      ? 'something else'
      : target === undefined
        ? `${answers[error.body]} with status ${error.status}`
        : `a redirect to ${target.host}`;
  return new RunError('EXT5103', `what answers at ${host} is no Tableau REST API: it answered ${said}`, {
    hint:
      target === undefined
        ? 'server: is the address of Tableau itself, such as https://10ax.online.tableau.com, without a path; is there a login page or a proxy before it?'
        : `write server: ${target.origin}`,
    cause: error,
  });
}

export function unsafeRedirect(
  connection: Pick<TableauConnection, 'server' | 'site'>,
  target: URL,
): RunError {
  return new RunError(
    'EXT5102',
    `${siteLabel(connection)} sends the sign-in on to ${target.origin}, without TLS`,
    {
      hint: 'credentials go over https only; allow_insecure: true allows it on a network that you trust',
    },
  );
}
