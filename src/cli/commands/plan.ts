import type { Configuration } from '../../config/index.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { countHiddenNotes, refuseConfiguration, showDiagnostics } from '../output/diagnostics.ts';
import { hasErrors } from '../../model/errors/diagnostic.ts';
import { countChanges } from '../../model/plan/count-changes.ts';
import { completeFamilies } from '../../run/read-configuration.ts';
import { contextOf, readFiles } from '../run-context.ts';
import { decisionsOf, policyOf, type GateFlags } from '../flags.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { exitCodeOfBlocked } from '../output/plan-exit-code.ts';
import { planProject } from '../../run/plan-project.ts';
import { writePlan, type OutputFlags } from '../output/plan-output.ts';
import { dividePlan } from '../../run/shard/divide-plan.ts';
import { savePlan } from '../../run/saved-plan.ts';
import { literalSelection } from '../../run/select/literal.ts';
import { readTerms } from '../../run/select/terms.ts';
import type { SelectFlags } from '../../run/select/select.ts';
import { UsageError } from '../../run/usage-error.ts';
import { untrustedPorts } from '../../run/untrusted/untrusted-ports.ts';
import { openPorts, type Ports } from '../../run/open-ports.ts';

export interface PlanOptions extends GateFlags, OutputFlags, SelectFlags {
  out?: string;
  shards?: number;
  detailedExitcode?: boolean;
  offline?: boolean;
  lockWait?: number;
  untrusted?: boolean;
  policy?: string;
}

/** `extracts plan`: the planned actions and their reasons. Changes nothing. */
export async function plan(paths: readonly string[], given: PlanOptions, env: Env): Promise<ExitCode> {
  const options = { ...given, ...(await readTerms(given, env.cwd)) };
  const { untrusted = false, offline = untrusted } = options;
  if (untrusted && options.out !== undefined) {
    throw new UsageError(
      'an untrusted plan is not saved: it does not know what it would be applied to',
      'plan without --untrusted where the files are trusted, or leave out --out',
    );
  }
  const wanted = untrusted ? undefined : literalSelection(options);
  const settings = {
    unsetVariables: 'error',
    untrusted,
    ...policyOf(options),
    ...(wanted && { wanted }),
  } as const;
  const read = await readFiles(paths, settings, env);
  if (hasErrors(read.diagnostics)) return refuseConfiguration(read, env, options);
  const open = openPorts(read.project, contextOf(env), {
    offline,
    lockWait: options.lockWait,
    looksOnly: true,
  });
  const world = untrusted ? untrustedPorts(open, read.project) : open;
  try {
    const whole = untrusted ? read : await completeFamilies(read, world, env.signal);
    if (hasErrors(whole.diagnostics)) return refuseConfiguration(whole, env, options);
    showDiagnostics(whole.diagnostics, whole, env, options.verbose);
    const terms = {
      selection: options,
      decisions: decisionsOf(options),
      ...(untrusted && { unseen: () => unseenOf(read, world) }),
    };
    const planned = await planProject(whole, world, terms, contextOf(env));
    const { configuration } = planned;
    const { shards } = options;
    const plan = shards === undefined ? planned.made.plan : dividePlan(planned.made, shards);
    const findings = [...planned.findings, ...planned.space.map(asWarning)];
    showDiagnostics(findings, configuration, env, options.verbose);
    if (options.out !== undefined) await savePlan(plan, options.out, env.cwd);
    await writePlan(plan, options, env);
    countHiddenNotes([...whole.diagnostics, ...findings], env, options);
    if (plan.summary.blocked > 0) return exitCodeOfBlocked(plan);
    return options.detailedExitcode === true && countChanges(plan) > 0 ? exitCodes.changes : exitCodes.done;
  } finally {
    await world.close();
  }
}

/** Returns the things that an untrusted plan did not inspect. */
function unseenOf({ unresolved, asked }: Configuration, world: Ports): string[] {
  return [
    ...unresolved.map((reference) => `the value of ${reference}`),
    ...asked.map(({ name }) => `the items of ${name}`),
    ...(world.unseen?.() ?? []),
  ];
}

/** Room can be made before the plan is applied: only then is it too late. */
const asWarning = (finding: Diagnostic): Diagnostic => ({ ...finding, severity: 'warning' });
