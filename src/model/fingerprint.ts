import type { Fingerprint, SourceDefinitions } from './observation.ts';

/** The same fingerprint without what an older version did not record in the other one. */
export function asFarAs<Now extends Fingerprint | { kind: 'unknown' }>(
  before: Fingerprint | undefined,
  now: Now,
): Now {
  if (before === undefined || definitionsOf(before) !== undefined) return now;
  return Object.fromEntries(Object.entries(now).filter(([key]) => key !== 'definitions')) as Now;
}

/** What was recorded, with the definitions that are there now if it has none: they are not older than it. */
export function withDefinitions(before: Fingerprint, now: Fingerprint | undefined): Fingerprint {
  const definitions = now && definitionsOf(now);
  const isOlder = definitionsOf(before) === undefined && now?.kind === before.kind;
  return isOlder && definitions !== undefined ? ({ ...before, definitions } as Fingerprint) : before;
}

export function definitionsOf(fingerprint: Fingerprint): SourceDefinitions | undefined {
  return 'definitions' in fingerprint ? fingerprint.definitions : undefined;
}
