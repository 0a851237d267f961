import { EventEmitter, once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { buildExtract } from '../../src/hyper/build.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';
import { unwrittenBytes, UnwrittenBlocks, unwrittenLimit } from '../../src/hyper/unwritten-blocks.ts';
import { textPart } from '../support/feeds.ts';
import { temporaryFolder } from '../support/folder.ts';
import { table } from '../support/pipelines.ts';

const mebibyte = 2 ** 20;
const never = new AbortController().signal;

test('the limit is 256 MiB, and a quarter of less memory', () => {
  expect(unwrittenLimit()).toBe(256 * mebibyte);
  expect(unwrittenLimit(64 * 2 ** 30)).toBe(256 * mebibyte);
  expect(unwrittenLimit(400 * mebibyte)).toBe(100 * mebibyte);
});

test('only the last block of a table is unwritten, so a large table counts as one of 131,072 rows', () => {
  const { columns } = table('t', { id: 'int', name: 'text' });
  const of = (rows: number) => unwrittenBytes({ columns }, { rows, bytes: rows * 20 });
  expect(of(0)).toBe(0);
  expect(of(1000)).toBe(1000 * (2 * 16 + 2 * 20));
  expect(of(40_000_000)).toBe(of(131_072));
});

test('a table waits for the file to be written once too much is unwritten, and the writing for the tables before', async () => {
  const events: string[] = [];
  const blocks = new UnwrittenBlocks(10, () => {
    events.push('flush');
    return Promise.resolve();
  });
  const slow = new EventEmitter();
  const released = once(slow, 'release');
  const write = (name: string, bytes: number, until?: Promise<unknown>) =>
    blocks.write(async (leave) => {
      events.push(`${name} begins`);
      await until;
      leave(bytes);
      events.push(`${name} ends`);
    });
  const first = write('slow', 1, released);
  await write('large', 11);
  const waiting = [write('third', 1), write('fourth', 1)];
  slow.emit('release');
  await Promise.all([first, ...waiting]);
  expect(events).toEqual([
    ...['slow begins', 'large begins', 'large ends', 'slow ends', 'flush'],
    ...['third begins', 'fourth begins', 'third ends', 'fourth ends'],
  ]);
});

test('a table that cannot be written does not hold up the others, and neither does a file', async () => {
  let flushes = 0;
  const blocks = new UnwrittenBlocks(10, () => {
    flushes += 1;
    return flushes === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve();
  });
  const failing = new EventEmitter();
  const failed = once(failing, 'release');
  const first = blocks.write(() => failed);
  await blocks.write((leave) => {
    leave(11);
    return Promise.resolve();
  });
  const next = blocks.write(() => Promise.resolve('written'));
  failing.emit('error', new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  await expect(next).rejects.toThrow('disk full');
  expect(await blocks.write(() => Promise.resolve('written'))).toBe('written');
  expect(flushes).toBe(2);
});

test('many tables are built with less memory than they take together', async () => {
  const memory = 96 * mebibyte;
  const hyperd = await startHyperd(await findHyperd({}), { memory });
  onTestFinished(() => hyperd.stop());
  const names = Array.from({ length: 10 }, (_, at) => `n${at}`);
  const columns = Object.fromEntries(names.map((name) => [name, 'bigint']));
  const tables = Array.from({ length: 24 }, (_, at) => table(`t${at}`, columns));
  const rows = ['1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n'.repeat(60_000)];
  const buildWith = async (limit: number) => {
    const file = `${await temporaryFolder()}/many.hyper`;
    const extract = { schema: 'Extract', version: 3 as const, file, shown: 'many.hyper' };
    const engine = { openSession: () => openSession(hyperd), unwrittenLimit: limit };
    const build = await buildExtract(engine, extract, tables);
    try {
      for (const one of tables) await build.load(one, [textPart(names, rows)], () => undefined, never);
      return (await build.finish([], {})).rows;
    } finally {
      await build.abandon();
    }
  };
  await expect(buildWith(Infinity)).rejects.toMatchObject({ code: 'EXT3022' });
  expect(await buildWith(unwrittenLimit(memory))).toEqual(
    Object.fromEntries(tables.map(({ name }) => [name, 60_000])),
  );
});
