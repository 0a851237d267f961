import type { Step } from '../model/plan/step.ts';
import type { StoredRecord } from '../model/ports/state-port.ts';
import { appliedMeanwhile } from './lock.ts';
import type { PipelineRun, RunFacts } from './pipeline-run.ts';
import type { Removal, RemovalState } from './removal-state.ts';
import type { PipelineReport } from './report.ts';
import { performRemovalStep } from './steps/index.ts';

/**
 * The run that removes a pipeline, or notes that its folder is missing: deletes its outputs where that is wanted, and then its record. While something cannot
 * be deleted the record stays, so that the next apply tries again.
 */
export function removalRun(removal: Removal): PipelineRun {
  const { address, state } = removal;
  let removalState: RemovalState | undefined;
  return {
    address,
    after: [],
    steps: removalSteps(removal),
    placeOf: ({ kind }) => (kind === 'delete' ? 'upload' : undefined),
    async begin() {
      const lock = await state.lock(address);
      try {
        const stored = await state.read(address);
        if (isDone(removal, stored)) {
          await lock.release();
          return { record: stored?.record };
        }
      } catch (error) {
        await lock.release();
        throw error;
      }
      const begun: RemovalState = { removal, lock, removed: [], isRecorded: false };
      removalState = begun;
      return {
        perform: (step, report, signal) => performRemovalStep(step, begun, { report, signal }),
        end: () => lock.release(),
      };
    },
    report: (facts) => reportOf(removal, removalState, facts),
  };
}

/** Returns true if another process has done the same meanwhile. Throws EXT6005 if the record is another than when it was planned. */
function isDone({ address, version, seal, isMissing }: Removal, stored: StoredRecord | undefined): boolean {
  if (stored?.version === version) return false;
  const isNoted = isMissing === true && stored?.record.missing !== undefined;
  // The record goes last: what it was made of is gone before.
  const isRemoved = stored === undefined && seal !== undefined;
  if (isNoted || isRemoved) return true;
  throw appliedMeanwhile(address);
}

function reportOf(
  { address, deletions, isMissing }: Removal,
  state: RemovalState | undefined,
  { failure, isInterrupted, seconds, steps }: RunFacts,
): PipelineReport {
  const isReported = failure !== undefined && !isInterrupted;
  const whenDone = isMissing === true ? 'missing' : deletions === undefined ? 'forgotten' : 'deleted';
  const { removed = [], isRecorded = false } = state ?? {};
  return {
    address,
    outcome: isRecorded ? whenDone : isReported ? 'failed' : 'interrupted',
    tables: [],
    checks: [],
    destinations: [],
    ...(removed.length > 0 && { removed }),
    seconds,
    steps,
    ...(isReported && { failure }),
  };
}

/** Returns the steps of a removal, one after the other: what others see goes before what it was made of. */
export function removalSteps({ deletions = [], isMissing }: Removal): Step[] {
  if (isMissing === true) return [{ id: 'record', kind: 'record', after: [], because: [] }];
  const deleting = deletions.map(({ target }, index): Step => ({
    id: `delete ${index + 1}`,
    kind: 'delete',
    target,
    after: index === 0 ? [] : [`delete ${index}`],
    because: [],
  }));
  const last = deleting.at(-1);
  return [
    ...deleting,
    { id: 'forget', kind: 'forget', after: last === undefined ? [] : [last.id], because: [] },
  ];
}
