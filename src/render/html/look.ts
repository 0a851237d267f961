import type { PipelinePlan } from '../../model/plan/plan.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import { element, type Markup } from './element.ts';

/** A symbol, the tone of its colour, and a label for readers who see neither. */
export interface Sign {
  symbol: string;
  tone: string;
  means: string;
}

export function signed({ symbol, tone, means }: Sign): Markup {
  return element('span', { class: `sign ${tone}`, role: 'img', 'aria-label': means }, `${symbol}\u00a0`);
}

export function pipelineLook({ action, blockedBy }: PipelinePlan): Sign {
  if (blockedBy !== undefined) return { symbol: '✕', tone: 'remove', means: 'blocked' };
  switch (action) {
    case 'create':
      return { symbol: '+', tone: 'create', means: 'new' };
    case 'none':
      return { symbol: '=', tone: 'none', means: 'unchanged' };
    case 'blocked':
      return { symbol: '✕', tone: 'remove', means: 'blocked' };
    case 'rebuild':
    case 'deliver':
    case 'record':
      return { symbol: '~', tone: 'change', means: 'changed' };
  }
}

export function tableLook({ action }: TablePlan): Sign {
  switch (action) {
    case 'create':
      return { symbol: '+', tone: 'create', means: 'new' };
    case 'reload':
    case 'change':
    case 'reshape':
      return { symbol: '~', tone: 'change', means: 'changed' };
    case 'unchanged':
      return { symbol: '=', tone: 'none', means: 'unchanged' };
    case 'drop':
      return { symbol: '-', tone: 'remove', means: 'removed' };
  }
}
