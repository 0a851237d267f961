import { applyJobs } from '../apply/index.ts';
import type { Report } from '../apply/report.ts';
import type { Job } from '../apply/job.ts';
import type { Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { RunError } from '../model/run-error.ts';
import { defineKeys, defineTable } from '../plan/definition.ts';
import { renderPlan } from '../render/plan-text.ts';
import { renderProgress, renderStep } from '../render/progress.ts';
import { renderReport } from '../render/report.ts';
import type { Pipeline } from '../model/pipeline.ts';
import { hasErrors, readConfiguration, showDiagnostics } from './configuration.ts';
import type { Env } from './env.ts';
import { eventLines } from './event-lines.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { exitCodeOfInterruption } from './failure.ts';
import { exitCodeOfBlocked, makePlan, type MadePlan } from './make-plan.ts';
import { diagnose } from './observe.ts';
import { keepYoungGenerationSmall } from './memory.ts';
import { openWorld, type World } from './world.ts';
import { own } from '../model/own.ts';

export interface ApplyOptions {
  yes?: boolean;
  allowMisfit?: boolean;
  json?: boolean;
  verbose?: boolean;
}

/** `extracts apply`: plans, shows the plan, asks, and does it. */
export async function apply(paths: readonly string[], options: ApplyOptions, env: Env): Promise<ExitCode> {
  const configuration = await readConfiguration(paths, env, 'error');
  showDiagnostics(configuration.diagnostics, configuration, env, options.verbose);
  if (hasErrors(configuration.diagnostics)) return exitCodes.configuration;
  const world = openWorld(configuration.project, env);
  try {
    const made = await makePlan(configuration, world, env, options);
    showDiagnostics(made.plan.diagnostics, configuration, env, options.verbose);
    const show = options.json === true ? (text: string) => env.err(text) : (text: string) => env.out(text);
    show(
      renderPlan(made.plan, {
        color: env.color.out && options.json !== true,
        verbose: options.verbose ?? false,
      }),
    );
    const jobs = jobsOf(made, world);
    if (jobs.length > 0 && !(await isAgreed(options, env))) {
      env.err('Not applied.\n');
      return exitCodes.failed;
    }
    const report = await perform(jobs, configuration, env, show);
    showFailures(report, configuration, env);
    if (options.json === true) env.out(`${JSON.stringify(reportDocument(report), undefined, 2)}\n`);
    return exitCodeOf(report, made, env);
  } finally {
    await world.close();
  }
}

async function isAgreed(options: ApplyOptions, env: Env): Promise<boolean> {
  if (options.yes === true || env.ask === undefined) return true;
  return /^y(es)?$/i.test((await env.ask('Apply this plan? [y/N] ')).trim());
}

function jobsOf({ plan, seen }: MadePlan, world: World): Job[] {
  return plan.pipelines.flatMap((planned, index) => {
    const one = seen[index];
    if (one === undefined || planned.steps.length === 0) return [];
    const { pipeline, stored } = one;
    return {
      plan: planned,
      pipeline,
      seen: { record: stored?.record, version: stored?.version },
      sources: world.sourcesOf(pipeline),
      destinations: world.destinationsOf(pipeline),
      template: world.templateOf(pipeline),
      extracts: world.extracts,
      state: world.state,
      define,
      tool: plan.tool,
    };
  });
}

function define(pipeline: Pipeline) {
  const tables = pipeline.tables.flatMap((table) => {
    const source = own(pipeline.sources, table.source);
    return source === undefined ? [] : [[table.name, defineTable(table, source)] as const];
  });
  return { tables: Object.fromEntries(tables), keys: defineKeys(pipeline) };
}

async function perform(
  jobs: readonly Job[],
  { project }: Configuration,
  env: Env,
  show: (text: string) => void,
): Promise<Report> {
  if (jobs.length === 0) return { pipelines: [] };
  keepYoungGenerationSmall();
  const report = await applyJobs(jobs, {
    parallel: project.limits.parallel,
    signal: env.signal,
    listener: env.terminal === undefined ? eventLines((text) => env.err(text)) : () => undefined,
    terminal: env.terminal,
    words: { title: (_, step) => renderStep(step), progress: renderProgress },
  });
  show(`\n${renderReport(report.pipelines, env.color.out)}`);
  return report;
}

/** Each failure as a diagnostic at its line; what no adapter has put into words goes up to main as our bug. */
function showFailures(report: Report, configuration: Configuration, env: Env): void {
  const failures: Diagnostic[] = [];
  for (const { address, failure } of report.pipelines) {
    const pipeline = configuration.pipelines.find((one) => one.address === address);
    if (failure === undefined || pipeline === undefined) continue;
    if (!(failure.error instanceof RunError)) throw failure.error;
    failures.push(diagnose(failure.error, pipeline));
  }
  showDiagnostics(failures, configuration, env);
}

function reportDocument(report: Report): unknown {
  return {
    pipelines: report.pipelines.map(({ failure, ...rest }) => ({
      ...rest,
      ...(failure === undefined ? {} : { failure: { step: failure.step, ...described(failure.error) } }),
    })),
  };
}

function described(error: unknown): { message: string; code?: string; hint?: string } {
  if (!(error instanceof RunError)) return { message: String(error) };
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

function exitCodeOf(report: Report, { plan }: MadePlan, env: Env): ExitCode {
  if (env.signal.aborted) return exitCodeOfInterruption(env.signal);
  const failures = report.pipelines.flatMap(({ failure }) => (failure === undefined ? [] : [failure.error]));
  const isStale = (error: unknown) =>
    error instanceof RunError && ['EXT2206', 'EXT4206', 'EXT6004', 'EXT6005'].includes(error.code);
  if (failures.length > 0 && failures.every(isStale)) return exitCodes.stale;
  if (failures.length > 0) return exitCodes.failed;
  return plan.summary.blocked > 0 ? exitCodeOfBlocked(plan) : exitCodes.done;
}
