import type { Estimate, Observation } from '../../model/world/observation.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { Gate } from '../../model/plan/plan.ts';
import type { Policy } from '../../model/config/project.ts';
import { policyGates } from './policy.ts';
import { acceptedBefore } from '../extract/plan-template.ts';

/** The decisions that this run was given. */
export interface Decisions {
  /** Applies also where the extract does not fit its template. */
  allowMisfit?: boolean;
  /** Addresses whose breaking changes are allowed, including everything below them. */
  allowBreaking?: readonly string[];
  /** Reads all rows, regardless of what has changed. */
  full?: boolean;
  /** Blocks pipelines whose output was changed outside extracts. */
  failOnDrift?: boolean;
}

/** Returns the gates that block a pipeline, or would block it if this run had not opened them. */
// eslint-disable-next-line max-params -- no two of them belong together
export function gatesOf(
  pipeline: Pipeline,
  observation: Observation,
  { changes, bytes }: { changes: readonly Change[]; bytes: Estimate | undefined },
  decisions: Decisions,
  policy: Policy,
): Gate[] {
  return [
    ...changes
      .filter(({ category }) => category === 'breaking')
      .map((change) => breakingGate(pipeline, change, decisions.allowBreaking ?? [])),
    // Where nothing is put into the template, a mismatch does not matter.
    ...(changes.some(({ subject }) => subject !== 'pipeline')
      ? templateMismatchGates(pipeline, observation, decisions.allowMisfit ?? false)
      : []),
    ...(decisions.failOnDrift === true ? driftGates(pipeline, changes) : []),
    ...policyGates(pipeline, observation, bytes, policy),
  ];
}

function breakingGate(pipeline: Pipeline, { address, reason }: Change, allowed: readonly string[]): Gate {
  // A decision about all items of a family is written without a key.
  const ofFamily = pipeline.name + address.slice(pipeline.address.length);
  return {
    kind: 'breaking',
    pipeline: pipeline.address,
    address,
    message: reason,
    remedy: `--allow-breaking ${asArgument(address)}`,
    open: allowed.some((one) => [address, ofFamily].some((own) => own === one || own.startsWith(`${one}.`))),
  };
}

function templateMismatchGates(
  pipeline: Pipeline,
  { template, applied }: Observation,
  open: boolean,
): Gate[] {
  if (template === undefined) return [];
  const accepted = acceptedBefore(applied?.template, template);
  const errors = template.misfits.filter(
    ({ severity, identity }) => severity === 'error' && !accepted.has(identity),
  );
  return errors.map(({ message }) => ({
    kind: 'misfit',
    pipeline: pipeline.address,
    address: pipeline.address,
    message,
    remedy: '--allow-misfit',
    open,
  }));
}

function driftGates(pipeline: Pipeline, changes: readonly Change[]): Gate[] {
  return changes
    .filter(({ drift }) => drift)
    .map(({ address, reason }) => ({
      kind: 'drift',
      pipeline: pipeline.address,
      address,
      message: reason,
      remedy: 'look at what is there; without --fail-on drift it is written again',
      open: false,
    }));
}

/** Returns the address as it is typed in a shell. */
function asArgument(address: string): string {
  return /^[\w.@%+:,/[\]-]+$/.test(address) ? address : `'${address.replaceAll("'", `'\\''`)}'`;
}
