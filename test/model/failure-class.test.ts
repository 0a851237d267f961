import { expect, test } from 'vitest';
import { classOfRun, kindOf } from '../../src/run/failures.ts';
import { RunError } from '../../src/model/errors/run-error.ts';
import { exitCodeOfClass } from '../../src/cli/output/exit-codes.ts';
import { diagnose } from '../../src/run/diagnose.ts';
import { explainConnect } from '../../src/postgres/connect-errors.ts';
import { explainQuery } from '../../src/sources/postgres/connection/errors.ts';
import pg from 'pg';

const place = { file: 'pipelines/shop.yaml', pointer: '' };

test('an error has the class of its code, its own, or that of a cause with the same code', () => {
  expect(new RunError('EXT6004', '').class).toBe('busy');
  const own = new RunError('EXT2001', '', { class: 'transient' });
  expect(own.class).toBe('transient');
  expect(new RunError('EXT2001', 'in other words', { cause: own }).class).toBe('transient');
  expect(new RunError('EXT6105', '', { cause: own }).class).toBe('permanent');
});

test('a diagnostic says the class of its error where its code does not', () => {
  expect(diagnose(new RunError('EXT2001', 'x', { class: 'transient' }), undefined).class).toBe('transient');
  expect(diagnose(new RunError('EXT2001', 'x'), undefined)).not.toHaveProperty('class');
});

test.each([
  [['transient', 'busy', 'stale', 'gate', 'permanent', 'internal'], 70],
  [['transient', 'stale', 'gate', 'permanent'], 1],
  [['busy', 'gate', 'stale'], 3],
  [['transient', 'stale'], 4],
  [['busy', 'transient'], 75],
] as const)('of %j the run has the exit code %i', (classes, code) => {
  const kind = classOfRun(classes) ?? 'internal';
  expect(exitCodeOfClass[kind]).toBe(code);
  expect(kindOf(kind).retryable).toBe(code === 75);
});

const sqlState = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code });
const network = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['ECONNREFUSED', network('ECONNREFUSED'), 'transient'],
  ['a server that starts up', sqlState('57P03'), 'transient'],
  ['no connection left', sqlState('53300'), 'transient'],
  ['a connection that is cut', network('ECONNRESET'), 'transient'],
  ['no answer', new Error('timeout expired'), 'transient'],
  ['a wrong password', sqlState('28P01'), 'permanent'],
  ['no such database', sqlState('3D000'), 'permanent'],
  ['no such host', network('ENOTFOUND'), 'permanent'],
  ['a certificate of an unknown authority', network('SELF_SIGNED_CERT_IN_CHAIN'), 'permanent'],
])('connecting to PostgreSQL: %s is %s', (_, error, expected) => {
  expect(explainConnect(error, { host: 'db' }, { place }).class).toBe(expected);
});

test.each([
  ['40001', 'transient'],
  ['40P01', 'transient'],
  ['57P01', 'transient'],
  ['57014', 'transient'],
  ['08006', 'transient'],
  ['53200', 'transient'],
  ['55P03', 'busy'],
  ['53100', 'permanent'],
  ['42501', 'permanent'],
  ['22012', 'permanent'],
])('a statement that PostgreSQL ends with %s is %s', (code, expected) => {
  expect(explainQuery(sqlState(code), 'reading t', place).class).toBe(expected);
});

test('a connection to PostgreSQL that breaks in the middle is transient', () => {
  expect(explainQuery(network('ECONNRESET'), 'reading t', place).class).toBe('transient');
});
