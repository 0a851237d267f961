import { printable } from './text-width.ts';

const widest = 40;

/** A value of a row in one line of a terminal. */
export function cellText(value: string): string {
  const text = printable(value);
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}
