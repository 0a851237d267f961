import type { TableauConnection } from '../../../../model/config/destination.ts';
import { RunError } from '../../../../model/errors/run-error.ts';
import { siteLabel } from '../site-label.ts';
import type { Refused } from '../http/answer.ts';
import type { Identity } from './token-lease.ts';

type Connection = Omit<TableauConnection, 'auth'> & Pick<Identity, 'auth'>;

/** Returns the error of a sign-in that the server refused. */
export function signInError(connection: Connection, cause: Refused): RunError {
  const { auth } = connection;
  const { site } = connection.labels ?? connection;
  const where = site === '' ? 'the Default site' : `the site "${site}"`;
  const hints = {
    token:
      'check its name and secret, that it is not expired (unused for 15 days) or revoked, and the site: the part after /site/ in the address bar, empty only for Default',
    password:
      'check user, password and site; where multi-factor authentication is on (always on Tableau Cloud) only a token or a connected app gets in',
    'connected-app':
      'check client_id, secret_id and secret_value, that the app is enabled, that the user is on the site, and the clock of this machine',
  };
  return new RunError('EXT5104', `${siteLabel(connection)} refused ${identity(connection)} for ${where}`, {
    hint: hints[auth.kind],
    cause,
  });
}

function identity({ auth, labels }: Connection): string {
  const name = labels?.identity ?? (auth.kind === 'token' ? (auth.shown ?? auth.name) : auth.user);
  switch (auth.kind) {
    case 'token':
      return `the personal access token "${name}"`;
    case 'password':
      return `the user "${name}"`;
    case 'connected-app':
      return `the connected app for the user "${name}"`;
  }
}

/** Returns the error of a run that only reads: it does not compete for a token. */
export function givenUp(connection: TableauConnection, cause: Refused): RunError {
  return new RunError('EXT5122', `${siteLabel(connection)}: another run uses our token now`, {
    hint: 'this run may not write the state, so it sees no lease; give plans a token of their own, or a connected app',
    cause,
  });
}

/** Returns the error after two sessions in a row were ended: a third sign-in would only end that of another program. */
export function usedElsewhere(connection: Connection, cause: Refused): RunError {
  const { auth } = connection;
  const hints = {
    token:
      'a token has one session at a time: give every program, and every run that may overlap with another, a token of its own',
    password: 'does an administrator end it, or does the server limit sessions?',
    'connected-app': `does the app allow these scopes? ${auth.kind === 'connected-app' ? auth.scopes.join(', ') : ''}`,
  };
  const suspicion = auth.kind === 'token' ? ': it is used elsewhere at the same time' : '';
  const message = `${siteLabel(connection)} ended the session of ${identity(connection)} again and again${suspicion}`;
  return new RunError('EXT5105', message, { hint: hints[auth.kind], cause });
}
