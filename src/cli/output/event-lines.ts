import type { ApplyEvent, Listener } from '../../apply/events.ts';
import { bytes, counted } from '../../model/base/numbers.ts';
import { messageOf } from './failure.ts';
import { renderEventLine, renderProgress } from '../../render/progress.ts';

/** The interval of progress lines of a running step, in seconds. */
const every = 10;

/** Events as lines for logs: one at the end of each step, and for long ones at most one every ten seconds. */
export function eventLines(write: (text: string) => void): Listener {
  const lastTold = new Map<string, number>();
  return (event) => {
    const line = lineOf(event, lastTold);
    if (line !== undefined) write(`${line}\n`);
  };
}

function lineOf(event: ApplyEvent, lastTold: Map<string, number>): string | undefined {
  const { address } = event;
  if (event.type === 'began' || event.type === 'done') return undefined;
  const { step } = event;
  switch (event.type) {
    case 'started':
      return undefined;
    case 'progress': {
      const key = `${address} ${event.step.id}`;
      if (event.progress.seconds - (lastTold.get(key) ?? 0) < every) return undefined;
      lastTold.set(key, event.progress.seconds);
      return renderEventLine(address, step, renderProgress(event.progress));
    }
    case 'waiting':
      return renderEventLine(address, step, event.text);
    case 'ended': {
      if (event.isSkipped === true) {
        const isForPublication = event.step.kind === 'deliver' && event.step.ifPublished !== undefined;
        const what = isForPublication ? 'nothing was published again' : 'nothing new';
        return renderEventLine(address, step, `skipped, ${what}`);
      }
      const amounts = [
        ...(event.rows === undefined ? [] : [counted(event.rows, 'row')]),
        ...(event.bytes === undefined ? [] : [bytes(event.bytes)]),
      ];
      return renderEventLine(address, step, [...amounts, `${event.seconds.toFixed(1)} s`].join(' '));
    }
    case 'failed':
      return renderEventLine(
        address,
        step,
        `failed: ${event.error instanceof Error ? messageOf(event.error) : 'interrupted'}`,
      );
  }
}
