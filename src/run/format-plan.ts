import { never } from '../model/base/never.ts';
import type { Plan } from '../model/plan/plan.ts';
import { graphOfPlan } from '../plan/pipeline-graph.ts';
import { renderHtml } from '../render/html/page.ts';
import { renderMarkdown } from '../render/markdown/plan.ts';
import { renderPlanList } from '../render/plan-list.ts';
import { renderPlan } from '../render/plan-text.ts';
import { encodePlan } from './plan-document.ts';

export interface PlanFormat {
  /**
   * `text`: as `extracts plan` prints it; `json`: the document; `list`: a line of JSON for each pipeline; `html`: a page
   * that loads nothing.
   */
  as: 'text' | 'json' | 'list' | 'markdown' | 'html';
  /** `text` has ANSI colours. */
  color: boolean;
  /** `text` shows what is unchanged, too. */
  verbose: boolean;
  /** The columns of a line in `text`; without it lines may have any length. */
  width?: number;
  /** The heading of `html`; `extracts plan` without it. */
  title?: string;
}

/** Returns a plan in one of its forms. */
export function formatPlan(plan: Plan, { as, ...options }: PlanFormat): string {
  switch (as) {
    case 'json':
      return encodePlan(plan);
    case 'list':
      return renderPlanList(plan);
    case 'markdown':
      return renderMarkdown(plan);
    case 'html':
      return renderHtml(plan, graphOfPlan, options.title);
    case 'text':
      return renderPlan(plan, options);
    default:
      return never(as);
  }
}
