import { applyPlan, type Work } from '../../apply/index.ts';
import { removalSteps } from '../../apply/removal.ts';
import type { Removal } from '../../apply/removal-state.ts';
import type { Report } from '../../apply/report.ts';
import type { Configuration } from '../../config/index.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { nameItem } from '../../model/config/family.ts';
import type { PipelinePlan, Plan } from '../../model/plan/plan.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { renderPlan } from '../../render/plan-text.ts';
import { renderReport } from '../../render/report.ts';
import { agreementOn } from '../agreement.ts';
import { unknownAllowances } from '../../run/unknown-allowances.ts';
import { countHiddenNotes, refuseConfiguration, showDiagnostics } from '../output/diagnostics.ts';
import { hasErrors } from '../../model/errors/diagnostic.ts';
import { completeFamilies } from '../../run/read-configuration.ts';
import { contextOf, readFiles } from '../run-context.ts';
import { decisionsOf, policyOf, type GateFlags } from '../flags.ts';
import type { Env } from '../env.ts';
import { fileInProject, removedIn } from '../../run/removal/removed-pipelines.ts';
import { drawProgress, type DrawnPipeline } from '../output/draw-progress.ts';
import { eventLines } from '../output/event-lines.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { heldBack } from '../output/held-back.ts';
import { exitCodeOfError, exitCodeOfInterruption } from '../output/failure.ts';
import { jobsOf } from '../../run/jobs.ts';
import type { JsonError } from '../output/json.ts';
import { exitCodeOfBlocked } from '../output/blocked-exit-code.ts';
import { makePlan } from '../../run/make-plan.ts';
import { deletionsOf } from '../../run/removal/deletions.ts';
import { diagnose } from '../../run/diagnose.ts';
import { interruptedRuns, noteRun } from '../../run/interrupted-runs.ts';
import { actingIn, concernOf, decisionsIn, leftBy, refuseStale } from '../../run/stale.ts';
import { isSavedPlan, readSavedPlan, savedFiles } from '../../run/saved-plan.ts';
import { isSelection, selectPipelines, type SelectFlags } from '../../run/select/select.ts';
import { spaceFindings } from '../../run/disk-space.ts';
import { writeReport } from '../output/report-output.ts';
import { UsageError } from '../../run/usage-error.ts';
import { openPorts } from '../../run/open-ports.ts';
import { waitForRuns } from '../../run/wait-for-runs.ts';

export interface ApplyOptions extends GateFlags, SelectFlags {
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  keepFailed?: boolean;
  junit?: string;
  resume?: boolean;
  lockWait?: number;
  policy?: string;
}

/** `extracts apply`: plans, shows the plan, asks, and does it. Given a saved plan it does that one. */
// eslint-disable-next-line max-lines-per-function -- the order of a command, from options to exit code
export async function apply(paths: readonly string[], options: ApplyOptions, env: Env): Promise<ExitCode> {
  const saved = await savedPlan(paths, options, env);
  const read = await readFiles(
    saved === undefined ? paths : savedFiles(saved, env.cwd),
    { unsetVariables: 'error', ...policyOf(options) },
    env,
  );
  if (hasErrors(read.diagnostics)) return refuseConfiguration(read, env, options);
  const world = openPorts(read.project, contextOf(env), { lockWait: options.lockWait });
  try {
    const whole = await completeFamilies(read, world, env.signal);
    if (hasErrors(whole.diagnostics)) return refuseConfiguration(whole, env, options);
    showDiagnostics(whole.diagnostics, whole, env, options.verbose);
    const configuration = await selectPipelines(whole, options, world, contextOf(env));
    const addresses = configuration.pipelines.map(({ address }) => address);
    if (saved === undefined && options.lockWait !== undefined) await waitForRuns(addresses, world.state);
    const resumed =
      options.resume === true ? await interruptedRuns(world.state, contextOf(env)) : new Set<string>();
    const decisions = saved ? decisionsIn(saved) : decisionsOf(options);
    const limited = saved && { left: leftBy(saved), isConcerned: concernOf(saved) };
    const made = await makePlan(configuration, world, contextOf(env), { decisions, resumed, ...limited });
    if (saved !== undefined) refuseStale(saved, made.plan);
    const forgotten =
      saved === undefined ? made.plan.forgotten : await removedIn(saved, configuration, world.state);
    const isWanted = wantedBy(saved);
    const space = await spaceFindings(made, configuration.project);
    const unknown = unknownAllowances(options.allowBreaking, whole.pipelines, made.plan);
    const findings = [...made.plan.diagnostics, ...unknown, ...space];
    showDiagnostics(findings, configuration, env, options.verbose);
    const output = outputOf(options, env);
    output.show(renderPlan(saved ?? made.plan, output.view));
    const ended = { plan: saved ?? made.plan, diagnostics: [...whole.diagnostics, ...findings] };
    const refuse = async (refusal: JsonError, code: ExitCode): Promise<ExitCode> => {
      await writeReport({ ...ended, report: nothingDone, refusal }, options, configuration, env);
      return code;
    };
    const [full] = space.filter(({ severity }) => severity === 'error');
    if (full !== undefined) return await refuse({ code: full.code, message: full.message }, exitCodes.failed);
    const run = noteRun(world.state, made.plan);
    const jobs = jobsOf(made, world, {
      run: run.id,
      isWanted,
      inProject: (file) => fileInProject(file, configuration.project, env),
      keepRejected: options.keepFailed ?? false,
    });
    const removals = await Promise.all(
      forgotten.map(async (one): Promise<Removal> => {
        const deletions = await deletionsOf(one, configuration, world);
        return { address: one.address, version: one.record, state: world.state, deletions };
      }),
    );
    const asks = saved === undefined && jobs.length + removals.length > 0;
    if (asks && options.yes !== true) countHiddenNotes(ended.diagnostics, env, options);
    const agreed = asks ? await agreementOn('Apply this plan?', options, env) : 'yes';
    if (agreed !== 'yes') {
      const { text, error, code } = refusals[agreed];
      env.err(text);
      return await refuse(error, code);
    }
    // A single pipeline has no others that could be done already.
    if (jobs.length > 1) await run.begin();
    const report = await perform({ jobs, removals, plan: ended.plan }, configuration, env, output);
    showFailures(report, configuration, env);
    await writeReport({ ...ended, report }, options, configuration, env);
    countHiddenNotes(ended.diagnostics, env, options);
    if (!env.signal.aborted) await run.end(resumed);
    return exitCodeOf(report, saved ?? made.plan, env);
  } finally {
    await world.close();
  }
}

async function savedPlan(
  paths: readonly string[],
  options: ApplyOptions,
  env: Env,
): Promise<Plan | undefined> {
  const [file] = paths;
  if (file === undefined || !paths.some(isSavedPlan)) return undefined;
  if (paths.length > 1) throw new UsageError('a saved plan is applied alone', `extracts apply ${file}`);
  const decides = Object.keys(decisionsOf(options)).length > 0;
  if (decides || isSelection(options) || options.resume === true) {
    throw new UsageError(
      'a saved plan is applied as it is: nothing is selected or allowed any more',
      'give these flags to extracts plan --out',
    );
  }
  return readSavedPlan(file, env.cwd);
}

const nothingDone: Report = { pipelines: [] };

/**
 * Returns the filter for a saved plan: only its own actions are applied, and changes elsewhere are left for the next
 * plan.
 */
function wantedBy(saved: Plan | undefined): (planned: PipelinePlan) => boolean {
  if (saved === undefined) return () => true;
  const wanted = new Set(actingIn(saved).map(({ address }) => address));
  return ({ address }) => wanted.has(address);
}

const unasked = {
  message: 'not applied: there is no terminal to ask on',
  hint: 'add --yes to apply it unasked; or save the plan with extracts plan --out plan.json and apply that: extracts apply plan.json',
};

/** Returns how an apply without agreement ends. */
const refusals: Readonly<Record<'no' | 'unasked', { text: string; error: JsonError; code: ExitCode }>> = {
  no: {
    text: 'Not applied.\n',
    error: { message: 'not applied: the question was not answered with yes' },
    code: exitCodes.failed,
  },
  unasked: {
    text: `error: ${unasked.message}\n  = ${unasked.hint}\n`,
    error: unasked,
    code: exitCodes.usage,
  },
};

/** The stream for the plan and the report: stdout, or stderr if a document goes to stdout. */
interface Output {
  show: (text: string) => void;
  view: { color: boolean; verbose: boolean; width?: number };
}

function outputOf({ json, verbose = false }: ApplyOptions, env: Env): Output {
  if (json === true) return { show: (text) => env.err(text), view: { color: env.color.err, verbose } };
  const width = env.width === undefined ? {} : { width: env.width };
  return { show: (text) => env.out(text), view: { color: env.color.out, verbose, ...width } };
}

/** A terminal has room for so many pipelines; of more, the lines of a log show better what happens. */
const maxDrawn = 40;

async function perform(
  { plan, ...work }: Work & { plan: Plan },
  { project }: Configuration,
  env: Env,
  { show, view }: Output,
): Promise<Report> {
  const count = work.jobs.length + work.removals.length;
  if (count === 0) return nothingDone;
  const { parallel } = project.limits;
  const drawing =
    env.terminal === undefined || count > maxDrawn
      ? undefined
      : drawProgress(drawnPipelines(work), { terminal: env.terminal, parallel });
  const listener = drawing?.listener ?? eventLines((text) => env.err(text));
  const report = await applyPlan(work, { parallel, signal: env.signal, listener });
  await drawing?.end();
  show(`\n${renderReport(report.pipelines, { ...view, held: heldBack(plan) })}`);
  return report;
}

function drawnPipelines({ jobs, removals }: Work): DrawnPipeline[][] {
  return [
    jobs.map(({ plan: { address, steps } }) => ({ address, steps })),
    removals.map((removal) => ({ address: removal.address, steps: removalSteps(removal) })),
  ];
}

/** Shows each failure as a diagnostic at its line; an error that no adapter has translated is thrown, as our bug. */
function showFailures(report: Report, configuration: Configuration, env: Env): void {
  const failures: Diagnostic[] = [];
  for (const { address, failure } of report.pipelines) {
    const pipeline = configuration.pipelines.find((one) => one.address === address);
    if (failure === undefined) continue;
    if (!(failure.error instanceof RunError)) throw failure.error;
    failures.push(nameItem(address, diagnose(failure.error, pipeline)));
  }
  showDiagnostics(failures, configuration, env);
}

function exitCodeOf(report: Report, plan: Plan, env: Env): ExitCode {
  if (env.signal.aborted) return exitCodeOfInterruption(env.signal);
  const codes = report.pipelines.flatMap(({ failure }) =>
    failure === undefined ? [] : [codeOf(failure.error)],
  );
  if (codes.length > 0 && codes.every((code) => code === exitCodes.stale)) return exitCodes.stale;
  if (plan.summary.blocked > 0) codes.push(exitCodeOfBlocked(plan));
  const [code = exitCodes.done] = codes;
  return codes.every((other) => other === code) ? code : exitCodes.failed;
}

function codeOf(error: unknown): ExitCode {
  return error instanceof RunError ? exitCodeOfError(error) : exitCodes.failed;
}
