import { onTestFinished } from 'vitest';
import type { TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

/** Has the nth publication carried out, and not answered before `answer` is called or the test ends. */
export function holdPublication({ control }: TableauStandIn, nth = 1) {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  onTestFinished(() => answer());
  const publication = control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    nth,
    act: { do: 'wait', for: held, when: 'after-work' },
  });
  return { answer: () => answer(), publication };
}
