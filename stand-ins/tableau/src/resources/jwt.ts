import { createHmac, timingSafeEqual } from 'node:crypto';

import { isRecord } from '../rest/json.ts';
import type { ConnectedApp } from '../world.ts';

export interface Claims {
  userName: string;
  scopes: readonly string[];
}

const longestLife = 10 * 60;
const clockSkew = 60;

/**
 * Verifies the JWT of a connected app with direct trust: HS256 by the app's secret, `aud` "tableau", an `exp`
 * at most ten minutes ahead, a `jti`, a `sub` and at least one scope. Anything else gives undefined; the
 * server does not say what.
 */
export function verifyJwt(jwt: string, apps: readonly ConnectedApp[], now: Date): Claims | undefined {
  const [head, payload, signature, ...more] = jwt.split('.');
  if (head === undefined || payload === undefined || signature === undefined || more.length > 0)
    return undefined;
  const header = decode(head);
  const claims = decode(payload);
  if (header?.alg !== 'HS256' || claims === undefined) return undefined;
  const app = apps.find(
    (candidate) => candidate.clientId === claims.iss && candidate.secretId === header.kid,
  );
  if (app?.enabled !== true || !isSignedBy(app, `${head}.${payload}`, signature)) return undefined;

  const { aud, sub, jti, exp, nbf, scp } = claims;
  const seconds = now.getTime() / 1000;
  if (aud !== 'tableau' || typeof sub !== 'string' || typeof jti !== 'string' || jti === '') return undefined;
  if (typeof exp !== 'number' || exp <= seconds || exp > seconds + longestLife + clockSkew) return undefined;
  if (typeof nbf === 'number' && nbf > seconds + clockSkew) return undefined;
  if (!Array.isArray(scp) || scp.length === 0) return undefined;
  return { userName: sub, scopes: scp.map(String) };
}

function isSignedBy(app: ConnectedApp, signed: string, signature: string): boolean {
  const expected = createHmac('sha256', app.secretValue).update(signed).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns true if granted scopes, which may end in `*`, cover the one a call needs. */
export function isGranted(scopes: readonly string[], needed: string): boolean {
  return scopes.some((scope) =>
    scope.endsWith('*') ? needed.startsWith(scope.slice(0, -1)) : scope === needed,
  );
}
