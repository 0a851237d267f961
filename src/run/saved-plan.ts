import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../disk/reason.ts';
import { replaceFile } from '../disk/replace.ts';
import { isItem } from '../model/config/family.ts';
import type { Plan } from '../model/plan/plan.ts';
import { RunError } from '../model/errors/run-error.ts';
import { encodePlanFile, isPackedPlan, unpackPlan } from './packed-plan.ts';
import { encodePlan, sealOf } from './plan-document.ts';
import { actingIn, staleError } from './stale.ts';

/** Returns true if a path names a saved plan instead of pipelines, which are YAML. */
export const isSavedPlan = (file: string) => file.endsWith('.json');

/** Writes the same bytes as `plan --json` prints, or a packed file if they are many, whole or not at all. */
export async function savePlan(plan: Plan, file: string, cwd: string): Promise<void> {
  try {
    await replaceFile(path.resolve(cwd, file), encodePlanFile(plan));
  } catch (error) {
    throw new RunError('EXT6105', `cannot write the plan ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Reads a saved plan, and fails if a byte of it was changed since. */
export async function readSavedPlan(file: string, cwd: string): Promise<Plan> {
  const { plan, isSealed } = await readPlanFile(file, cwd);
  if (isSealed) return plan;
  throw brokenSeal(file);
}

export async function readPlanFile(file: string, cwd: string): Promise<{ plan: Plan; isSealed: boolean }> {
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new RunError('EXT6101', `cannot read the plan ${file}: ${reasonOf(error)}`, { cause: error });
  });
  const document = parse(text);
  if (isPackedPlan(document)) {
    const unpacked = unpackPlan(document, text);
    if (unpacked === undefined) throw noPlan(file);
    return unpacked;
  }
  const { plan, isSealed } = openPlan(document, file);
  // A key that is there twice, or another order, would show a reader of the file another plan than the one that is applied.
  return { plan, isSealed: isSealed && text === encodePlan(plan) };
}

/** Returns the plan in a document that was parsed already, and fails if it was changed since it was made. */
export function openSavedPlan(document: unknown): Plan {
  const { plan, isSealed } = openPlan(document, 'the document');
  if (isSealed) return plan;
  throw brokenSeal('the plan');
}

function brokenSeal(shown: string): RunError {
  return new RunError('EXT6103', `${shown} was changed after it was made: its seal does not hold`, {
    hint: 'plan again; what is to be done is changed in the pipeline files, never in the plan',
  });
}

function openPlan(document: unknown, shown: string): { plan: Plan; isSealed: boolean } {
  if (!isDocument(document)) throw noPlan(shown);
  const { seal, ...plan } = document;
  if ((plan.format as unknown) !== 1) {
    throw new RunError('EXT6102', `${shown} is a plan of format ${String(plan.format)}, not 1`, {
      hint: 'show and apply it with the version of extracts that made it, or plan again',
    });
  }
  return { plan, isSealed: seal === sealOf(plan) };
}

const noPlan = (shown: string) =>
  new RunError('EXT6102', `${shown} is no plan`, { hint: 'extracts plan --out FILE makes one' });

/**
 * Returns the pipeline files that a saved plan is applied with. Fails if the file of a pipeline with actions no longer
 * exists; missing files of all others are left for the next plan.
 */
export function savedFiles(saved: Plan, cwd: string): string[] {
  const isThere = (file: string) => existsSync(path.resolve(cwd, file));
  const gone = actingIn(saved).filter(({ file }) => !isThere(file));
  if (gone.length > 0) {
    const reasons = gone.map(({ address, file }) => `${address}: ${file} was removed`);
    throw staleError(
      reasons.join('; '),
      'nothing was done; plan again, or apply the plan in the folder where it was made',
    );
  }
  // A list whose last item was removed is the file of no pipeline any longer; it must be read to confirm the removals.
  const lists = [...saved.forgotten, ...(saved.missing ?? [])].filter(({ address }) => isItem(address));
  return [...new Set([...saved.pipelines, ...lists].map(({ file }) => file))].filter(isThere);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDocument(value: unknown): value is Plan & { seal: unknown } {
  return typeof value === 'object' && value !== null && 'format' in value && 'seal' in value;
}
