import type { Configuration } from '../../config/index.ts';
import { hasErrors, type Diagnostic } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { nameItem } from '../../model/config/family.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { Report } from '../../apply/report.ts';
import { diagnose } from '../../run/diagnose.ts';
import { openPorts, type Ports } from '../../run/open-ports.ts';
import { nothingDone } from '../../run/perform-apply.ts';
import { prepareApply } from '../../run/prepare-apply.ts';
import type { PreparedApply } from '../../run/prepared-apply.ts';
import { completeFamilies } from '../../run/read-configuration.ts';
import type { ErrorDocument } from '../../run/report-document.ts';
import { sealOf } from '../../run/plan-document.ts';
import { isSavedPlan, readSavedPlan, savedFiles } from '../../run/saved-plan.ts';
import { literalSelection } from '../../run/select/literal.ts';
import { readTerms } from '../../run/select/terms.ts';
import { isSelection, type SelectFlags } from '../../run/select/select.ts';
import type { SavedWork } from '../../run/prepare-saved.ts';
import { savedWork } from '../../run/shard/shard-of-plan.ts';
import { readShard, type Shard } from '../../run/shard/shard.ts';
import { UsageError } from '../../run/usage-error.ts';
import { agreementOn } from '../agreement.ts';
import { applyExitCode, hasLeft } from '../output/apply-exit-code.ts';
import { countHiddenNotes, refuseConfiguration, showDiagnostics } from '../output/diagnostics.ts';
import { runBegan, withEventFile, type EventFile } from '../output/event-file.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { outputOf, performShown, showPlan } from '../output/show-apply.ts';
import { reportHeading, writeReport, type ReportIdentity } from '../output/report-output.ts';
import { decisionsOf, policyOf, type GateFlags } from '../flags.ts';
import { contextOf, readFiles } from '../run-context.ts';
import type { Env } from '../env.ts';

export interface ApplyOptions extends GateFlags, SelectFlags {
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
  keepFailed?: boolean;
  junit?: string;
  resume?: boolean;
  lockWait?: number;
  shard?: string;
  events?: string;
  drain?: number;
  policy?: string;
}

/**
 * `extracts apply`: plans, shows the plan, asks, and does it. Given a saved plan it does that one. `identity` tells the caller what
 * it has come to know, also if it fails.
 */
export async function apply(
  paths: readonly string[],
  given: ApplyOptions,
  env: Env,
  identity: ReportIdentity = {},
): Promise<ExitCode> {
  const { events } = given;
  if (events === undefined) return applyPaths(paths, given, { env, identity, events });
  return withEventFile(events, env, (file) => applyPaths(paths, given, { env, identity, events: file }));
}

/** The surroundings of one apply. */
interface Applying {
  env: Env;
  identity: ReportIdentity;
  events: EventFile | undefined;
}

async function applyPaths(
  paths: readonly string[],
  given: ApplyOptions,
  { env, identity, events }: Applying,
): Promise<ExitCode> {
  const options = { ...given, ...(await readTerms(given, env.cwd)) };
  const file = await savedPlan(paths, options, env);
  const shard =
    options.shard === undefined ? undefined : readShard(options.shard, env.variables, file?.shards);
  Object.assign(identity, file && { plan: sealOf(file) }, shard && { shard });
  const saved = file && savedWork(file, shard);
  const files = saved === undefined ? paths : savedFiles(saved.plan, env.cwd);
  const wanted = saved?.wanted ?? literalSelection(options);
  const settings = { unsetVariables: 'error', ...policyOf(options), ...(wanted && { wanted }) } as const;
  const refused = (wrong: Configuration) =>
    refuseConfiguration(wrong, env, { ...options, heading: reportHeading(identity) });
  const read = await readFiles(files, settings, env);
  if (hasErrors(read.diagnostics)) return refused(read);
  const world = openPorts(read.project, contextOf(env), { lockWait: options.lockWait });
  try {
    const whole = await completeFamilies(read, world, env.signal);
    if (hasErrors(whole.diagnostics)) return refused(whole);
    showDiagnostics(whole.diagnostics, whole, env, options.verbose);
    return await applyIn(world, { whole, saved, shard }, options, { env, identity, events });
  } finally {
    await world.close();
  }
}

async function applyIn(
  world: Ports,
  { whole, saved, shard }: { whole: Configuration; saved: SavedWork | undefined; shard: Shard | undefined },
  options: ApplyOptions,
  { env, identity, events }: Applying,
): Promise<ExitCode> {
  const prepared = await prepareApply(
    whole,
    world,
    {
      saved,
      selection: options,
      shard,
      decisions: decisionsOf(options),
      resume: options.resume === true,
      waits: options.lockWait !== undefined,
      keepFailed: options.keepFailed === true,
    },
    contextOf(env),
  );
  const { plan, configuration, findings } = prepared;
  const output = outputOf(options, env);
  showDiagnostics(findings, configuration, env, options.verbose);
  showPlan(plan, output);
  const { withheld, idle } = saved ?? {};
  const diagnostics = [...whole.diagnostics, ...findings];
  const ended = { plan, identity, withheld, idle, diagnostics };
  const refusal = await refusalOf(prepared, saved === undefined, ended.diagnostics, { options, env });
  if (refusal !== undefined) {
    const { code: exitCode, error } = refusal;
    await writeReport(
      { ...ended, exitCode, report: nothingDone(prepared), refusal: error },
      options,
      configuration,
      env,
    );
    return exitCode;
  }
  events?.write(runBegan(prepared, identity));
  const performing = { drain: options.drain, listener: events?.listener(configuration) };
  const report = await performShown(prepared, output, performing, env);
  showFailures(report, configuration, env);
  const exitCode = applyExitCode(report, plan, env.signal);
  await writeReport({ ...ended, exitCode, report }, options, configuration, env);
  refuseBugs(report);
  countHiddenNotes(ended.diagnostics, env, options);
  if (!env.signal.aborted && !hasLeft(report)) await prepared.run.end(prepared.resumed);
  return exitCode;
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
      'a saved plan is applied as it is: flags cannot select or allow anything now',
      'give these flags to extracts plan --out',
    );
  }
  return readSavedPlan(file, env.cwd);
}

/** The end of an apply that was not begun. */
interface Refusal {
  error: ErrorDocument;
  code: ExitCode;
}

/** Returns why an apply must not begin: the disk is too small, or the user does not agree. A saved plan is agreed to. */
async function refusalOf(
  { refusal, work }: PreparedApply,
  asks: boolean,
  diagnostics: readonly Diagnostic[],
  { options, env }: { options: ApplyOptions; env: Env },
): Promise<Refusal | undefined> {
  if (refusal !== undefined) {
    const { code, message } = refusal;
    return { error: { code, message }, code: exitCodes.failed };
  }
  if (!asks || work.jobs.length + work.removals.length === 0) return undefined;
  if (options.yes !== true) countHiddenNotes(diagnostics, env, options);
  const agreed = await agreementOn('Apply this plan?', options, env);
  if (agreed === 'yes') return undefined;
  const { text, ...end } = disagreements[agreed];
  env.err(text);
  return end;
}

const unasked = {
  message: 'not applied: there is no terminal to ask on',
  hint: 'add --yes to apply it unasked; or save the plan with extracts plan --out plan.json and apply that: extracts apply plan.json',
};

/** Returns how an apply without agreement ends. */
const disagreements: Readonly<Record<'no' | 'unasked', Refusal & { text: string }>> = {
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

/** Shows each failure as a diagnostic at its line. */
function showFailures(report: Report, configuration: Configuration, env: Env): void {
  const failures: Diagnostic[] = [];
  for (const { address, failure } of report.pipelines) {
    if (!(failure?.error instanceof RunError)) continue;
    const pipeline = configuration.pipelines.find((one) => one.address === address);
    failures.push(nameItem(address, diagnose(failure.error, pipeline)));
  }
  showDiagnostics(failures, configuration, env);
}

/** Throws an error that no adapter has translated, as our bug, when the results are written. */
function refuseBugs({ pipelines }: Report): void {
  for (const { failure } of pipelines)
    if (failure !== undefined && !(failure.error instanceof RunError)) throw failure.error;
}
