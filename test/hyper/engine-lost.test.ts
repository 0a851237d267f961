import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { engineLost } from '../../src/hyper/engine-lost.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';

test('an engine that another process killed says by which signal', async () => {
  const hyperd = await startHyperd(await findHyperd({}), {});
  onTestFinished(() => hyperd.stop());
  const session = await openSession(hyperd);
  const endless = session.query(
    'select count(*) from generate_series(1, 1000000000) as a(i), generate_series(1, 1000) as b(j) where i * j % 7 = 3',
  );
  process.kill(hyperd.pid, 'SIGKILL');
  await expect(endless).rejects.toMatchObject({
    code: 'EXT3003',
    message: 'hyperd was ended by SIGKILL while it was in use',
  });
});

test('what we kill ourselves has no signal to report', async () => {
  const hyperd = await startHyperd(await findHyperd({}), {});
  onTestFinished(() => hyperd.stop());
  hyperd.kill();
  expect(await hyperd.ended).not.toHaveProperty('signal');
});

test('an engine that the kernel killed for lack of memory is a lack of memory', () => {
  const lost = new Error('Connection terminated unexpectedly');
  expect(engineLost(lost, { signal: 'SIGKILL', isMemoryShort: true })).toMatchObject({
    code: 'EXT3022',
    message: 'the kernel killed the Hyper engine, because memory ran out',
  });
  for (const end of [undefined, { isMemoryShort: true }, { signal: 'SIGSEGV', isMemoryShort: true }])
    expect(engineLost(lost, end)).toMatchObject({ code: 'EXT3003' });
});
