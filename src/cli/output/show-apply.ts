import type { Work } from '../../apply/index.ts';
import { removalSteps } from '../../apply/removal.ts';
import type { Listener } from '../../apply/events.ts';
import type { PipelineReport } from '../../apply/report.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { renderPlan } from '../../render/plan-text.ts';
import { renderReport, type ReportRow } from '../../render/apply-report.ts';
import { classOfError, kindOf } from '../../run/failures.ts';
import { heldBack } from '../../run/held-back.ts';
import { wholly } from '../../run/shard/done-before.ts';
import { performApply, type Performed } from '../../run/perform-apply.ts';
import type { PreparedApply } from '../../run/prepared-apply.ts';
import type { Env } from '../env.ts';
import { withDrain } from '../interruption.ts';
import type { DrawnPipeline } from './draw-progress.ts';
import { eventLines } from './event-lines.ts';
import { printNotice } from './notices.ts';

/** The stream for the plan and the report: stdout, or stderr if a document goes to stdout. */
export interface Output {
  show: (text: string) => void;
  view: { color: boolean; verbose: boolean; width?: number };
}

export function outputOf({ json, verbose = false }: { json?: boolean; verbose?: boolean }, env: Env): Output {
  if (json === true) return { show: (text) => env.err(text), view: { color: env.color.err, verbose } };
  const width = env.width === undefined ? {} : { width: env.width };
  return { show: (text) => env.out(text), view: { color: env.color.out, verbose, ...width } };
}

export function showPlan(plan: Plan, { show, view }: Output): void {
  show(renderPlan(plan, view));
}

/** How an apply is carried out besides what it does. */
export interface Performing {
  /** Milliseconds within which pipelines under way must end after SIGTERM. */
  drain: number | undefined;
  /** Receives every event besides what is shown. */
  listener: Listener | undefined;
}

/** Carries out a prepared apply, draws its events on the terminal or as lines, and shows the report. */
export async function performShown(
  prepared: PreparedApply,
  { show, view }: Output,
  { drain, listener: other }: Performing,
  env: Env,
): Promise<Performed> {
  const { work, stale, plan } = prepared;
  const count = work.jobs.length + work.removals.length;
  const { terminal } = env;
  const drawing =
    terminal === undefined || count === 0
      ? undefined
      : (await loadDrawing()).drawProgress(drawnPipelines(work), { terminal, color: env.color.err });
  const shown = drawing?.listener ?? eventLines((text) => env.err(text), view);
  const listener: Listener = (event) => {
    shown(event);
    other?.(event);
  };
  const { signal } = env;
  const performed =
    drain === undefined
      ? performApply(prepared, { signal, listener })
      : withDrain(drain, (draining) => {
          draining.addEventListener('abort', () => env.err(drainText(drain)), { once: true });
          return performApply(prepared, { signal, draining, listener });
        });
  const report = await performed.finally(() => drawing?.end());
  if (report.doneElsewhere !== undefined)
    printNotice({ type: 'done meanwhile', pipelines: report.doneElsewhere.length }, env);
  const notBegun = {
    held: heldBack(plan),
    idle: plan.pipelines.filter(({ action }) => action === 'none'),
    doneBefore: wholly(report.doneBefore).length,
  };
  if (count + stale.length > 0)
    show(`\n${renderReport(report.pipelines.map(rowOf), { ...view, ...notBegun })}`);
  return report;
}

/** Only a terminal needs it. */
const loadDrawing = () => import('./draw-progress.ts');

const drainText = (milliseconds: number) =>
  `SIGTERM: no further pipeline begins, and those under way have ${milliseconds / 1000} s to end. A second signal ends them at once.\n`;

function rowOf({ failure, ...row }: PipelineReport): ReportRow {
  const { step, error } = failure ?? {};
  return { ...row, ...(step !== undefined && { failure: { step, ...kindOf(classOfError(error)) } }) };
}

function drawnPipelines({ jobs, removals }: Work): DrawnPipeline[] {
  return [
    ...jobs.map(({ plan: { address, steps } }) => ({ address, steps })),
    ...removals.map((removal) => ({ address: removal.address, steps: removalSteps(removal) })),
  ];
}
