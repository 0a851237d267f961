import type { Mark } from '../plan-view/index.ts';
import { element, type Markup } from './element.ts';

/** A symbol, the tone of its colour, and a label for readers who see neither. */
interface Look {
  symbol: string;
  tone: string;
  means: string;
}

export const looks: Record<Mark, Look> = {
  new: { symbol: '+', tone: 'create', means: 'new' },
  changed: { symbol: '~', tone: 'change', means: 'changed' },
  reloaded: { symbol: '~', tone: 'change', means: 'changed' },
  removed: { symbol: '-', tone: 'remove', means: 'removed' },
  unchanged: { symbol: '=', tone: 'none', means: 'unchanged' },
  blocked: { symbol: '✕', tone: 'remove', means: 'blocked' },
};

/** Returns the symbol of a mark; `means` replaces its usual label. */
export function signed(mark: Mark, means = looks[mark].means): Markup {
  const { symbol, tone } = looks[mark];
  return element('span', { class: `sign ${tone}`, role: 'img', 'aria-label': means }, `${symbol}\u00a0`);
}
