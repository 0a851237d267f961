import { never } from '../model/base/never.ts';
import type { Plan } from '../model/plan/plan.ts';
import { graphOfPlan } from '../plan/pipeline-graph.ts';
import { renderHtml } from '../render/html/page.ts';
import { renderMarkdown } from '../render/markdown/plan.ts';
import { renderPlan } from '../render/plan-text.ts';
import { encodePlan } from './plan-document.ts';

export interface PlanView {
  /** `text`: as `extracts plan` prints it; `json`: the document; `html`: a page that loads nothing. */
  as: 'text' | 'json' | 'markdown' | 'html';
  /** Of `text`: with ANSI colours. */
  color: boolean;
  /** Of `text`: shows what is unchanged, too. */
  verbose: boolean;
  /** Of `text`: the columns of a line; without it lines may have any length. */
  width?: number;
}

/** Returns a plan in one of its forms. */
export function viewPlan(plan: Plan, { as, ...view }: PlanView): string {
  switch (as) {
    case 'json':
      return encodePlan(plan);
    case 'markdown':
      return renderMarkdown(plan);
    case 'html':
      return renderHtml(plan, graphOfPlan);
    case 'text':
      return renderPlan(plan, view);
    default:
      return never(as);
  }
}
