import { expect, test } from 'vitest';
import { explainConnect } from '../../../src/postgres/connect-errors.ts';
import { explainQuery } from '../../../src/sources/postgres/connection/errors.ts';

const place = { file: 'shop.yaml', pointer: 'tables.orders', line: 3, column: 5 };

test('an error of neither PostgreSQL nor a network is not reported as a broken connection', () => {
  const fault = new TypeError('rows is not iterable');
  expect(() => explainQuery(fault, 'table "orders"', place)).toThrow(fault);
  expect(
    explainQuery(new Error('Connection terminated unexpectedly'), 'table "orders"', place),
  ).toMatchObject({
    code: 'EXT2002',
    message: 'table "orders": the connection to PostgreSQL broke (Connection terminated unexpectedly)',
  });
});

test.each([
  [
    'pg_hba.conf rejects connection for host "127.0.0.1", user "rdr", database "shop", no encryption',
    'a line of the server’s pg_hba.conf rejects it, perhaps because it wants TLS: ssl: require (or verify-full)',
  ],
  [
    'pg_hba.conf rejects connection for host "127.0.0.1", user "rdr", database "shop", SSL encryption',
    'a line of the server’s pg_hba.conf rejects this user, database or address',
  ],
  [
    'Peer authentication failed for user "rdr"',
    'pg_hba.conf compares the user with the account of the system: give host: and a password, or have it mapped in pg_ident.conf',
  ],
  [
    'connection requires a valid client certificate',
    'give one whose CN is this user: ssl: {mode: verify-full, cert: client.pem, key: client.key}',
  ],
  ['role "rdr" does not exist', 'check the user'],
  ['role "rdr" is not permitted to log in', 'have it allowed: alter role … login'],
  ['anything else', 'check the user, and the lines of the server’s pg_hba.conf for it'],
])('SQLSTATE 28000 is not always a password: %s', (words, hint) => {
  const error = Object.assign(new Error(words), { code: '28000' });
  expect(explainConnect(error, { host: 'db', port: 5432, user: 'rdr' }, { place })).toMatchObject({
    code: 'EXT2001',
    message: `PostgreSQL at db:5432 does not let user "rdr" in: ${words}`,
    hint,
  });
});

test('a password that was not given', () => {
  const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
  expect(explainConnect(error, { host: 'db', port: 5432, user: 'rdr' }, { place })).toMatchObject({
    message: 'PostgreSQL at db:5432 asks for the password of user "rdr", and none was given',
    hint: 'give password: "${secret.NAME}", or set PGPASSWORD, or write it into ~/.pgpass',
  });
});

test.each([
  ['28P01', '', 'password'],
  ['28000', 'role "rdr" does not exist', 'user'],
  ['3D000', '', 'database'],
  ['ECONNREFUSED', '', 'host'],
  ['CERT_HAS_EXPIRED', '', 'ssl'],
  [undefined, 'The server does not support SSL connections', 'ssl'],
])('an error of a connection shows the setting that it is about: %s %s', (code, words, setting) => {
  const error = Object.assign(new Error(words), { code });
  const source = { file: 'shop.yaml', pointer: '/sources/shop' };
  const pointerFor = (url?: string) => explainConnect(error, {}, { place: source, url }).place?.pointer;
  expect(pointerFor()).toBe(`/sources/shop/${setting}`);
  expect(pointerFor('postgres://db/shop')).toBe('/sources/shop/url');
});
