import type { Configuration } from '../config/index.ts';
import { hasErrors } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { Report } from '../apply/report.ts';
import type { Ports } from '../run/open-ports.ts';
import { nothingDone, performApply } from '../run/perform-apply.ts';
import { sealPlan, type PlanDocument } from '../run/plan-document.ts';
import { prepareApply } from '../run/prepare-apply.ts';
import type { RunContext } from '../run/context.ts';
import type { PreparedApply } from '../run/prepared-apply.ts';
import type { SavedWork } from '../run/prepare-saved.ts';
import { savedWork } from '../run/shard/shard-of-plan.ts';
import { readShard, type Shard } from '../run/shard/shard.ts';
import { readConfiguration } from '../run/read-configuration.ts';
import { locatedDiagnostics, reportDocument, type ErrorDocument } from '../run/report-document.ts';
import { openSavedPlan, savedFiles } from '../run/saved-plan.ts';
import { ApplyRun } from './apply-run.ts';
import { ConfigurationError } from './configuration-error.ts';
import { publicEvent } from '../run/public-event.ts';
import type { ApplyEvent } from './events.ts';
import { contextOf, decisionsOf, selectionOf, type PlanOptions, type ProjectOptions } from './options.ts';
import { resultOf, type ApplyResult } from './result.ts';
import { openableProject, selecting, withPorts, type OpenableProject, type Project } from './project.ts';

/** The options for carrying out a plan. */
export interface PerformOptions {
  /**
   * Does one part of the work: `3/16`, or `auto` in a job array. A plan has its parts from `plan` with `shards`; a project is divided
   * by the addresses of its pipelines.
   */
  shard?: string | undefined;
  /** Keeps an extract that fails its checks beside its place. */
  keepFailed?: boolean | undefined;
  /** Milliseconds to wait for a lock or a token that another run has; 0 by default for locks. */
  lockWait?: number | undefined;
  /** Ends the run cleanly: what was not finished is removed, what was there before stays. */
  signal?: AbortSignal | undefined;
}

export interface ApplyOptions extends PlanOptions, PerformOptions {
  /** Leaves out what an interrupted run of the same pipelines has applied. */
  resume?: boolean | undefined;
  /** Decides whether the plan is carried out. Without it, it is. It is not asked if there is nothing to do. */
  approve?: ((plan: PlanDocument) => boolean | Promise<boolean>) | undefined;
}

/**
 * Plans a project and carries the plan out, or carries out a plan that was made before. It begins at once; the returned
 * run is an async iterable of its events, and its `result` resolves when it has ended. A pipeline that fails does not stop
 * the others and is part of the result.
 *
 * Rejects, as `plan` does, if it cannot begin; with a `RunError` EXT6104 if a plan is stale.
 */
export function apply(project: Project, options?: ApplyOptions): ApplyRun;
export function apply(plan: PlanDocument, options?: PerformOptions & ProjectOptions): ApplyRun;
export function apply(target: Project | PlanDocument, given: ApplyOptions & ProjectOptions = {}): ApplyRun {
  return new ApplyRun(given.signal, async (signal, report) => {
    const { openable, saved, shard } = await openTarget(target, given, signal);
    const options = selecting(openable, given);
    // A saved plan is compared with the whole.
    const ports = { plan: saved === undefined ? options : {}, lockWait: options.lockWait };
    return withPorts(openable, ports, (whole, world) =>
      applyIn(world, { whole, saved, shard, context: openable.context }, options, report),
    );
  });
}

async function openTarget(
  target: Project | PlanDocument,
  options: ApplyOptions & ProjectOptions,
  signal: AbortSignal,
): Promise<{ openable: OpenableProject; saved: SavedWork | undefined; shard: Shard | undefined }> {
  if (!('seal' in target)) {
    const openable = openableProject(target, signal);
    return { openable, saved: undefined, shard: shardOf(options, openable.context) };
  }
  const plan = openSavedPlan(target);
  const context = contextOf({ ...options, signal });
  const shard = shardOf(options, context, plan.shards);
  const saved = savedWork(plan, shard);
  const { policy } = options;
  const settings = { unsetVariables: 'error', ...(policy !== undefined && { policy }) } as const;
  const read = await readConfiguration(savedFiles(saved.plan, context.cwd), settings, context);
  if (hasErrors(read.diagnostics)) throw new ConfigurationError(read);
  return { openable: { read, context }, saved, shard };
}

const shardOf = ({ shard }: PerformOptions, { variables }: RunContext, planned?: number) =>
  shard === undefined ? undefined : readShard(shard, variables, planned);

async function applyIn(
  world: Ports,
  {
    whole,
    saved,
    shard,
    context,
  }: { whole: Configuration; saved: SavedWork | undefined; shard: Shard | undefined } & Pick<
    OpenableProject,
    'context'
  >,
  options: ApplyOptions,
  report: (event: ApplyEvent) => void,
): Promise<ApplyResult> {
  const { signal } = context;
  const request = {
    saved,
    shard,
    selection: selectionOf(options),
    decisions: decisionsOf(options),
    resume: options.resume === true,
    waits: options.lockWait !== undefined,
    keepFailed: options.keepFailed === true,
  };
  const prepared = await prepareApply(whole, world, request, context);
  const { configuration } = prepared;
  const plan = sealPlan(prepared.plan);
  const diagnostics = [...whole.diagnostics, ...prepared.findings];
  report({ type: 'planned', plan, diagnostics: locatedDiagnostics(diagnostics, configuration) });
  const asked = refusalOf(prepared, plan, saved === undefined ? options : {});
  const refusal = await Promise.race([asked, untilAborted(signal)]);
  signal.throwIfAborted();
  const performed =
    refusal === undefined
      ? await performApply(prepared, {
          signal,
          listener: (event) => report(publicEvent(event, configuration)),
        })
      : nothingDone(prepared);
  if (!signal.aborted) refuseBugs(performed);
  if (refusal === undefined && !signal.aborted) await prepared.run.end(prepared.resumed);
  const ended = {
    plan: prepared.plan,
    report: performed,
    diagnostics,
    withheld: saved?.withheld,
    idle: saved?.idle,
    ...(refusal && { refusal }),
  };
  return resultOf(reportDocument(ended, configuration), plan, signal);
}

/** Returns why a prepared apply must not begin. */
async function refusalOf(
  { refusal, work }: PreparedApply,
  plan: PlanDocument,
  { approve }: ApplyOptions,
): Promise<ErrorDocument | undefined> {
  if (refusal !== undefined) return { code: refusal.code, message: refusal.message };
  if (approve === undefined || work.jobs.length + work.removals.length === 0) return undefined;
  return (await approve(plan)) ? undefined : { message: 'not applied: the plan was not approved' };
}

/** Throws an error that no adapter has translated: it is a bug of ours, and no failure of a pipeline. */
function refuseBugs({ pipelines }: Report): void {
  for (const { failure } of pipelines)
    if (failure !== undefined && !(failure.error instanceof RunError)) throw failure.error;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
