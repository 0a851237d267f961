import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { openHyper } from '../../src/hyper/index.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';
import type { ExtractPort } from '../../src/model/ports/extract-port.ts';
import { textPart } from '../support/feeds.ts';
import { temporaryFolder } from '../support/folder.ts';
import { table } from '../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const signal = new AbortController().signal;

async function sound(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const numbers = table('numbers', { n: 'bigint', t: 'text' });
  const build = await hyper.build(
    { schema: 'Extract', version: 3, file, shown: 'shop.hyper' },
    [numbers],
    signal,
  );
  function* rows() {
    for (let n = 0; n < 20_000; n++) yield `${n * 7919}\ttext ${n}\n`;
  }
  await build.load(numbers, [textPart(['n', 't'], rows())], () => undefined, signal);
  await build.finish([], { numbers: 20_000 });
  return file;
}

test('no file is absent, without an engine', async () => {
  expect(await hyper.observe('/nowhere/at/all.hyper', signal)).toEqual({ kind: 'absent' });
});

test('a file that is as it was known is not opened', async () => {
  const file = await sound();
  const known = await hyper.observe(file, signal);
  if (known.kind !== 'present') throw new Error('it is not there');
  const { size, modified } = known;
  const without = openHyper({ env: { HYPERD_PATH: '/nowhere' } });
  expect(await without.observe(file, signal, { known })).toEqual({ kind: 'present', size, modified });
  await expect(without.observe(file, signal, { known: { size, modified: '1' } })).rejects.toThrow(
    'HYPERD_PATH',
  );
});

test('a text file, a truncated and an empty one are damaged, with the message of the engine', async () => {
  const file = await sound();
  const whole = await readFile(file);
  for (const [bytes, reason] of [
    [Buffer.from('hello, this is no extract at all'), /not a valid database|magic value/],
    [whole.subarray(0, whole.length / 2), /truncated/],
    [Buffer.alloc(0), /not a valid database/],
  ] as const) {
    await writeFile(file, bytes);
    expect(await hyper.observe(file, signal)).toMatchObject({
      kind: 'unusable',
      code: 'damaged',
      reason: expect.stringMatching(reason) as string,
    });
  }
});

test('a file that another process writes to is locked; one that it only reads is not', async () => {
  const file = await sound();
  const other = await startHyperd(await findHyperd({}), {});
  const session = await openSession(other);
  try {
    await session.query(`attach database "${file}" as held`);
    expect(await hyper.observe(file, signal)).toMatchObject({ kind: 'unusable', code: 'locked' });
    await session.query('detach database held');
    await session.query(`attach database "${file}" as held with (access_mode = 'readonly')`);
    expect(await hyper.observe(file, signal)).toMatchObject({ kind: 'present' });
  } finally {
    await session.end();
    await other.stop();
  }
});

test('a flipped byte in the data does not go unnoticed when the data is read', async () => {
  const file = await sound();
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(size * 0.4));
  await handle.close();
  const engine = await startHyperd(await findHyperd({}), {});
  const session = await openSession(engine);
  try {
    const read = async () => {
      await session.query(`attach database "${file}" as bad`);
      await session.query('select sum(n), max(t) from bad."Extract".numbers');
    };
    await expect(read()).rejects.toThrow(/checksum|corrupt/);
  } finally {
    await session.end();
    await engine.stop();
  }
});
