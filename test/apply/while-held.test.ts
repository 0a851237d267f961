import { expect, test } from 'vitest';
import { whileHeld } from '../../src/apply/while-held.ts';
import type { Step } from '../../src/model/plan/step.ts';
import type { Lock } from '../../src/model/ports/state-port.ts';
import { RunError } from '../../src/model/errors/run-error.ts';

const step: Step = { id: 'finish', kind: 'finish', after: [], because: [] };
const untold = () => undefined;
const reason = new RunError('EXT6006', 'the lock of shop was lost');

function lockThatIsLost(loss: AbortController): Lock {
  const nothing = () => Promise.resolve();
  const write = () => Promise.resolve('2');
  return { lost: loss.signal, confirm: nothing, write, remove: nothing, release: nothing };
}

/** A step that lasts until it is told to end. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended in the middle')));
  });

test('a step ends when the lock is lost, and that is what it fails with', async () => {
  const loss = new AbortController();
  const perform = whileHeld(lockThatIsLost(loss), (_, __, signal) => endless(signal));
  const running = perform(step, untold, new AbortController().signal);
  loss.abort(reason);
  await expect(running).rejects.toBe(reason);
});

test('a step that ends for another reason fails with that one', async () => {
  const interruption = new AbortController();
  const lock = lockThatIsLost(new AbortController());
  const running = whileHeld(lock, (_, __, signal) => endless(signal))(step, untold, interruption.signal);
  interruption.abort();
  await expect(running).rejects.toThrow('ended in the middle');
});

test('what a step gives is handed on', async () => {
  const perform = whileHeld(lockThatIsLost(new AbortController()), () => Promise.resolve({ rows: 3 }));
  expect(await perform(step, untold, new AbortController().signal)).toEqual({ rows: 3 });
});
