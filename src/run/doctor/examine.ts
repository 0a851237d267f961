import path from 'node:path';
import type { Configuration } from '../../config/index.ts';
import { counted } from '../../model/base/numbers.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../../model/errors/fold-diagnostics.ts';
import type { RunContext } from '../context.ts';
import { openPorts, type Ports } from '../open-ports.ts';
import { completeFamilies } from '../read-configuration.ts';
import { findingOf, runCheck, type Check, type CheckResult, type Finding } from './finding.ts';
import { diskCheck, engineCheck, nodeCheck, temporaryCheck } from './machine.ts';
import { destinationChecks, templateChecks } from './outputs.ts';
import { sourceChecks } from './sources.ts';
import { stateCheck } from './state.ts';

/** Milliseconds until a bucket that does not work is given up: someone waits for the answer. */
const outage = 5000;

/** The number of parts that are examined at once. */
const atOnce = 4;

/**
 * Examines everything that a run needs, and reports each part in this order as soon as it and those before it are known.
 * Nothing is changed: in the bucket of the state an object is written and removed, as each apply does.
 */
export async function examine(
  read: Configuration,
  node: string,
  context: RunContext,
  report: (result: CheckResult) => void,
): Promise<void> {
  const world = openPorts(read.project, context, { looksOnly: true, outage });
  try {
    await runInOrder([...machineChecks(read, node, context), configurationCheck(read)], context, report);
    const { whole, families } = await completed(read, world, context);
    families.forEach(report);
    const { pipelines } = whole;
    const checks = [
      stateCheck(read.project, world, context),
      ...sourceChecks(pipelines, world),
      ...templateChecks(pipelines, world),
      ...destinationChecks(pipelines, world),
    ];
    await runInOrder(checks, context, report);
  } finally {
    await world.close();
  }
}

function machineChecks({ project, pipelines }: Configuration, node: string, context: RunContext): Check[] {
  const build = path.join(project.root, 'build');
  const folders = new Set([build, ...pipelines.map(({ extract }) => path.dirname(extract.file))]);
  const disks = Array.from(folders, (folder) => {
    const shown = path.relative(context.cwd, folder) || '.';
    return diskCheck(folder, `${shown}/`);
  });
  return [nodeCheck(node), engineCheck(context), ...disks, temporaryCheck()];
}

/** Reports what is wrong in the files, among it variables that are not set. */
function configurationCheck({ pipelines, asked, diagnostics }: Configuration): Check {
  const sound = `configuration: ${counted(pipelines.length + asked.length, 'pipeline')} valid`;
  const problems = once(foldDiagnostics(diagnostics)).flatMap(findingOf);
  const hasNothing = pipelines.length + asked.length === 0;
  const first: Finding[] = hasNothing ? [] : [{ status: 'ok', text: sound }];
  return { subject: 'configuration', look: () => Promise.resolve([...first, ...problems]) };
}

/** A variable that several pipelines use is reported once, at the first place. */
function once(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const places = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const key = `${diagnostic.code} ${diagnostic.message}`;
    places.set(key, [...(places.get(key) ?? []), diagnostic]);
  }
  return [...places.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return { ...first, message: `${first.message} (and in ${counted(others.length, 'other place')})` };
  });
}

/** Asks sources for the items of families. A family whose source fails is a finding. */
async function completed(
  read: Configuration,
  world: Ports,
  { signal }: RunContext,
): Promise<{ whole: Configuration; families: CheckResult[] }> {
  if (read.asked.length === 0) return { whole: read, families: [] };
  let whole = read;
  const look = async (ended: AbortSignal): Promise<Finding[]> => {
    whole = await completeFamilies(read, world, ended);
    const problems = whole.blocked.flatMap(({ problems }) => problems).flatMap(findingOf);
    const found = `for_each: ${counted(whole.pipelines.length, 'pipeline')} with their items`;
    return problems.length > 0 ? problems : [{ status: 'ok', text: found }];
  };
  const result = await runCheck({ subject: 'for_each', look }, signal);
  return { whole, families: [result] };
}

async function runInOrder(
  checks: readonly Check[],
  { signal }: RunContext,
  report: (result: CheckResult) => void,
): Promise<void> {
  const turn = limitConcurrency(atOnce);
  const running = checks.map((check) => turn(() => runCheck(check, signal)));
  // The first failure is thrown below; the others belong to the same interruption.
  for (const one of running) one.catch(() => undefined);
  for (const one of running) report(await one);
}
