import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { outOfMemory } from '../../src/hyper/out-of-memory.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';
import { identifier } from '../../src/hyper/sql.ts';
import { temporaryFolder } from '../support/folder.ts';

test('what needs more memory than the engine may use says so, whatever it was doing', async () => {
  const hyperd = await startHyperd(await findHyperd(process.env), { memory: 64 * 2 ** 20 });
  onTestFinished(() => hyperd.stop());
  const session = await openSession(hyperd);
  onTestFinished(() => session.end());
  const file = path.join(await temporaryFolder(), 'wide.hyper');
  await session.query(`create database ${identifier(file)} with version 3`);
  await session.query(`attach database ${identifier(file)} as draft`);
  await session.query('create table draft.public.wide (t text)');
  const wide = async () => {
    await session.query(
      "insert into draft.public.wide select repeat('0123456789' || i::text, 100000) from generate_series(1, 150) as s(i)",
    );
    await session.query('detach database draft');
  };
  await expect(wide()).rejects.toMatchObject({
    code: 'EXT3022',
    message: expect.stringMatching(
      /^the Hyper engine has too little memory: it needed .* more, and may use 67\.1 MB$/,
    ) as string,
    hint: expect.stringContaining('raise `limits: {memory: …}`') as string,
  });
});

test('other errors keep what the server says', () => {
  expect(outOfMemory({ code: '22P02', message: 'invalid number' })).toBeUndefined();
  expect(outOfMemory({ code: '53100', message: 'database: no space left on device' })).toBeUndefined();
  expect(outOfMemory({ code: '53S02', message: 'out of memory' })?.message).toBe(
    'the Hyper engine has too little memory',
  );
});
