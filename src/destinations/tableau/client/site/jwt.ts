import { createHmac, randomUUID } from 'node:crypto';
import type { TableauAuth } from '../../../../model/config/destination.ts';

/**
 * Returns a signed claim by which a connected app with direct trust lets its user in: HS256 by the app's secret,
 * valid for five minutes (the server takes ten at most).
 */
export function signJwt(app: Extract<TableauAuth, { kind: 'connected-app' }>, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: app.clientId,
    sub: app.user,
    aud: 'tableau',
    jti: randomUUID(),
    // A few seconds back, for clocks that differ.
    nbf: seconds - 5,
    iat: seconds - 5,
    exp: seconds + 300,
    scp: app.scopes,
  };
  const signed = [{ alg: 'HS256', typ: 'JWT', kid: app.secretId }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createHmac('sha256', app.secretValue).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}
