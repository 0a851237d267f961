import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { loadFeed } from '../../src/hyper/load-feed.ts';
import { startHyperd, type HyperProcess } from '../../src/hyper/process.ts';
import { openSession, type HyperSession } from '../../src/hyper/session.ts';
import type { PathPart, StreamPart } from '../../src/model/ports/feed.ts';
import { RunError } from '../../src/model/errors/run-error.ts';
import { textPart } from '../support/feeds.ts';

let engine: HyperProcess;
let session: HyperSession;
let folder: string;
const statements: string[] = [];
beforeAll(async () => {
  engine = await startHyperd(await findHyperd({}), {});
  const real = await openSession(engine);
  session = {
    ...real,
    copyFile(sql, signal) {
      statements.push(sql.replaceAll(`${folder}/`, '').replace(/ with .*/, ''));
      return real.copyFile(sql, signal);
    },
    copyIn(sql, ...rest) {
      statements.push(sql.replace(/ with .*/, ''));
      return real.copyIn(sql, ...rest);
    },
  };
  folder = await mkdtemp(path.join(tmpdir(), 'extracts-test-'));
  await session.query(`create database "${folder}/t.hyper"`);
  await session.query(`attach database "${folder}/t.hyper" as t`);
});
afterAll(async () => {
  await session.end();
  await engine.stop();
  await rm(folder, { recursive: true });
});

const { signal } = new AbortController();
const target = { name: 't.public.numbers', types: new Map([['n', 'int']]) };

/** Loads files of these texts into an empty table. */
async function load(parts: readonly (PathPart | ReturnType<typeof textPart>)[], stop = signal) {
  statements.length = 0;
  await session.query('drop table if exists t.public.numbers');
  await session.query('create table t.public.numbers (n int, d date)');
  let told = 0;
  const loaded = loadFeed({ session, target, progress: (bytes) => (told += bytes), signal: stop }, parts);
  return { ...(await loaded), told, statements: [...statements] };
}

async function stored(column: 'n' | 'd' = 'n') {
  const rows = await session.query(`select ${column}::text as v from t.public.numbers order by 1`);
  return rows.map(({ v }) => v);
}

async function csv(name: string, text: string, changes: Partial<PathPart> = {}): Promise<PathPart> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return {
    kind: 'path',
    label: name,
    path: file,
    size: text.length,
    columns: ['n'],
    format: {
      type: 'csv',
      header: true,
      delimiter: ',',
      quote: '"',
      escape: '"',
      null: '',
      encoding: 'utf-8',
      dateOrder: 'MDY',
      forceNull: [],
    },
    constants: [],
    fallback: () => undefined,
    explain: ({ record }) => Promise.resolve(new RunError('EXT0000', `${name}: record ${record}`)),
    translate: (error) => error,
    ...changes,
  };
}

test('files that differ in their names only are loaded by one statement, header and missing line break included', async () => {
  const parts = [
    await csv('a.csv', 'n\n1\n2'),
    await csv("it's.csv", 'n\n3\n'),
    await csv('c.csv', 'n\n4\n5\n'),
  ];
  expect(await load(parts)).toEqual({
    rows: 5,
    bytes: 15,
    told: 15,
    statements: [`copy t.public.numbers ("n") from array['a.csv', 'it''s.csv', 'c.csv']`],
  });
  expect(await stored()).toEqual(['1', '2', '3', '4', '5']);
});

test('another format, another column, or a stream between them makes a statement of its own', async () => {
  const plain = await csv('a.csv', 'n\n1\n');
  const { format } = plain;
  const parts = [
    plain,
    await csv('b.csv', 'n\n2\n'),
    textPart(['n'], ['3\n']),
    await csv('c.csv', 'n\n4\n'),
    await csv('d.csv', '5\n', { format: { ...format, header: false } as PathPart['format'] }),
    await csv('e.csv', 'd\n2/1/2024\n', { columns: ['d'] }),
    await csv('f.csv', 'd\n2/1/2024\n', {
      columns: ['d'],
      format: { ...format, dateOrder: 'DMY' } as PathPart['format'],
    }),
  ];
  expect((await load(parts)).statements.map((sql) => sql.replace(/.* from /, ''))).toEqual([
    `array['a.csv', 'b.csv']`,
    'stdin',
    `'c.csv'`,
    `'d.csv'`,
    `'e.csv'`,
    `'f.csv'`,
  ]);
  expect(await stored('n')).toEqual(['1', '2', '3', '4', '5', null, null]);
  expect(await stored('d')).toEqual(['2024-01-02', '2024-02-01', null, null, null, null, null]);
});

test('sixty-four at a time', async () => {
  const parts = [];
  for (let n = 0; n < 130; n++) parts.push(await csv(`n${n}.csv`, `n\n${n}\n`));
  const { rows, statements } = await load(parts);
  expect({ rows, files: statements.map((sql) => sql.split(', ').length) }).toEqual({
    rows: 130,
    files: [64, 64, 2],
  });
});

test('what is refused together is loaded one by one, so that the error names the file', async () => {
  const parts = [await csv('a.csv', 'n\n1\n'), await csv('b.csv', 'n\n2\nx\n'), await csv('c.csv', 'n\n3\n')];
  await expect(load(parts)).rejects.toThrow('b.csv: record 2');
  expect(statements.map((sql) => sql.replace(/.* from /, ''))).toEqual([
    `array['a.csv', 'b.csv', 'c.csv']`,
    `'a.csv'`,
    `'b.csv'`,
  ]);
  expect(await stored()).toEqual(['1']);
});

test('a file that has another way takes it, the others do not', async () => {
  const parts = [
    await csv('a.csv', 'n\n1\n'),
    await csv('b.csv', 'n\n2\n\n\n', { columns: ['n'], fallback: () => textPart(['n'], ['2\n']) }),
    await csv('c.csv', 'n\nx\n', { fallback: () => textPart(['n'], ['3\n']) }),
  ];
  expect(await load(parts)).toMatchObject({ rows: expect.any(Number) as number });
  expect((await stored()).filter((n) => n !== null)).toEqual(['1', '2', '3']);
});

/** Parts that may follow each other in one stream, each with a label, a text and perhaps something else. */
const joinable = (...parts: readonly [label: string, text: string, changes?: Partial<StreamPart>][]) =>
  parts.map(([label, text, changes]) =>
    textPart(['n'], [text], {
      label,
      isJoinable: true,
      explain: ({ record }) => Promise.resolve(new RunError('EXT0000', `${label}: record ${record}`)),
      ...changes,
    }),
  );
const failing = (error: unknown): Partial<StreamPart> => ({
  open: () =>
    Promise.resolve({
      bytes: Readable.from(
        (function* () {
          yield Buffer.from('7\n');
          throw error;
        })(),
      ),
      rows: () => undefined,
    }),
});
const fromStdin = 'copy t.public.numbers ("n") from stdin';

test('streams that may follow each other are one stream', async () => {
  const told: [number, number | undefined][] = [];
  const counted = (rows: number): Partial<StreamPart> => ({
    open: () =>
      Promise.resolve({
        bytes: Readable.from([Buffer.from('5\n'.repeat(rows))]),
        rows: () => rows,
        rowsSoFar: () => rows,
        taken: () => rows * 10,
      }),
  });
  const parts = joinable(['a', '', counted(2)], ['b', '', counted(3)]);
  statements.length = 0;
  await session.query('drop table if exists t.public.numbers');
  await session.query('create table t.public.numbers (n int, d date)');
  const loaded = await loadFeed(
    { session, target, progress: (bytes, rows) => told.push([bytes, rows]), signal },
    parts,
  );
  expect(loaded).toEqual({ rows: 5, bytes: 50, sent: 5 });
  expect(told.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(50);
  expect(told.at(-1)?.[1]).toBe(5);
  expect(statements).toEqual([fromStdin]);

  const others = joinable(['a', '1\n'], ['b', '2\n'], ['c', '3\n', { isJoinable: false }]);
  expect(await load(others)).toMatchObject({
    rows: 3,
    bytes: 6,
    told: 6,
    statements: [fromStdin, fromStdin],
  });
  expect(await stored()).toEqual(['1', '2', '3']);
});

test('what is refused in one stream is loaded part by part, so that the error names the part', async () => {
  await expect(load(joinable(['a', '1\n'], ['b', '2\nx\n'], ['c', '3\n']))).rejects.toThrow('b: record 2');
  expect(statements).toEqual([fromStdin, fromStdin, fromStdin]);
  expect(await stored()).toEqual(['1']);
});

test('a part whose bytes fail translates its error, or takes another way', async () => {
  const translate = (error: unknown) => new RunError('EXT0000', `b: ${(error as Error).message}`);
  const broken = failing(new Error('torn'));
  await expect(load(joinable(['a', '1\n'], ['b', '', { ...broken, translate }]))).rejects.toThrow('b: torn');
  expect(statements).toEqual([fromStdin]);
  expect(await stored()).toEqual([]);
  const fallback = () => textPart(['n'], ['2\n']);
  await load(joinable(['a', '1\n'], ['b', '', { ...broken, fallback }], ['c', '3\n']));
  expect(await stored()).toEqual(['1', '2', '3']);
});

test('a stream that is interrupted leaves no row', async () => {
  const stop = new AbortController();
  const stopping: Partial<StreamPart> = {
    open: () => {
      stop.abort();
      return Promise.resolve({ bytes: Readable.from([Buffer.from('2\n')]), rows: () => undefined });
    },
  };
  const parts = joinable(['a', '1\n'], ['b', '', stopping]);
  await expect(load(parts, stop.signal)).rejects.toBeDefined();
  expect(statements).toEqual([fromStdin]);
  expect(await stored()).toEqual([]);
});

test('an interruption is no reason to try again', async () => {
  const stop = new AbortController();
  stop.abort();
  const parts = [await csv('a.csv', 'n\n1\n'), await csv('b.csv', 'n\n2\n')];
  await expect(load(parts, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(statements).toHaveLength(1);
});
