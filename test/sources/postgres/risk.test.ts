import pg from 'pg';
import { expect, test } from 'vitest';
import { attempt, risk } from '../../../src/sources/postgres/connection/transaction.ts';

const refused = (code: string) => Object.assign(new pg.DatabaseError('refused', 7, 'error'), { code });
/** Nothing is asked of it: without savepoints an attempt is only its call. */
const client = new pg.Client();

test('a statement that is refused leaves the result to another try, even where it is caught', async () => {
  const fails = (): Promise<string> => attempt(client, () => Promise.reject(refused('42703')));
  expect(await risk(client, fails)).toBeUndefined();
  expect(await risk(client, () => fails().catch(() => 'instead'))).toBeUndefined();
  expect(await risk(client, () => attempt(client, () => Promise.resolve('seen')))).toBe('seen');
});

test('after a lock that is not granted, the next attempt asks nothing and has the same error', async () => {
  const timeout = refused('55P03');
  let asked = 0;
  const call = async () => {
    await attempt(client, () => Promise.reject(timeout)).catch(() => undefined);
    return attempt(client, () => Promise.resolve((asked += 1)));
  };
  await expect(risk(client, call)).rejects.toBe(timeout);
  expect(asked).toBe(0);
});
