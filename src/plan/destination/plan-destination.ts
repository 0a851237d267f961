import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { firstDelivery } from '../../model/plan/destination-plan.ts';
import { never } from '../../model/base/never.ts';
import type { AppliedDestination, AppliedFile } from '../../model/world/applied-record.ts';
import type {
  FileDestinationObservation,
  Observation,
  TableauDestinationObservation,
} from '../../model/world/observation.ts';
import type { Destination, FileDestination, TableauDestination } from '../../model/config/destination.ts';
import type { DestinationPlan, FileDestinationPlan } from '../../model/plan/destination-plan.ts';
import type { Publication } from '../../model/plan/step.ts';
import { planPublication } from './publication.ts';
import type { PlannedTemplate } from '../extract/plan-template.ts';
import { getOwn } from '../../model/base/get-own.ts';

export interface PlannedDestination {
  plan: DestinationPlan;
  /** The output was changed outside extracts. */
  drifted: boolean;
  /** Problems that the observation alone does not show. */
  diagnostics: readonly Diagnostic[];
}

/** The reason why the file of a destination will be replaced. */
export interface Rewriting {
  reason: string;
  /** True if the rows change, too; false if only the template does. */
  rows: boolean;
  /** The rows may turn out to be equal: then nothing is delivered. */
  ifRowsDiffer?: true;
}

/** Returns why destinations get another file, if they do. */
export function rewritingOf(
  mustBuild: boolean,
  isRowsAlone: boolean,
  { changes }: Pick<PlannedTemplate, 'changes'>,
): Rewriting | undefined {
  const condition = isRowsAlone ? { ifRowsDiffer: true as const } : {};
  if (mustBuild) return { reason: 'the extract is rebuilt', rows: true, ...condition };
  const [change] = changes;
  return change && { reason: change.reason, rows: false };
}

export interface Circumstances {
  rewriting: Rewriting | undefined;
  /** The pipeline that publishes the same data source in this run. */
  publication: Publication | undefined;
}

/** Returns the plan for one destination. */
export function planDestination(
  destination: Destination,
  index: number,
  observation: Observation,
  { rewriting, publication }: Circumstances,
): PlannedDestination {
  const seen = observation.destinations[index];
  const last = getOwn(observation.applied?.destinations, destination.shown);
  const pending = getOwn(observation.applied?.pending?.deliveries, destination.shown);
  const reason = rewriting?.reason ?? (pending && notDelivered);
  switch (destination.type) {
    case 'file': {
      const found = seen?.type === 'file' ? seen.found : undefined;
      const before = isFile(last) ? last : undefined;
      return {
        plan: planFile(destination, found, before, reason),
        // A run that was killed may have written it without recording so.
        drifted:
          before !== undefined &&
          !isSameFile(before, found) &&
          !(pending && hasDeliveredSize(observation, found)),
        diagnostics: [],
      };
    }
    case 'tableau': {
      if (seen?.type !== 'tableau') throw new Error(`${destination.shown} was not observed`);
      const isThere = seen.found !== undefined || publication !== undefined;
      const takesRows = destination.delivery.method === 'update' && isThere;
      const size = takesRows ? extractSize(observation) : sizeOf(observation);
      // Rows must not be added twice; a whole file is only sent when the run has seen what became of the first.
      const isDue = pending !== undefined && (seen.sent !== 'under way' || replacesWholeFile(destination));
      const applies = isDue || rewriting?.rows === true || replacesWholeFile(destination);
      return planPublication(destination, seen, last !== undefined && 'id' in last ? last : undefined, {
        rewriting: applies ? (rewriting?.reason ?? (isDue ? whyDue(seen) : undefined)) : undefined,
        size,
        pending,
        publication,
        isConditional: rewriting?.ifRowsDiffer === true,
      });
    }
    default:
      return never(destination);
  }
}

/**
 * Returns false where rows are added or changed: the same rows are not delivered twice because the template is
 * different.
 */
function replacesWholeFile({ delivery }: TableauDestination): boolean {
  return delivery.method === 'publish' && delivery.mode !== 'append';
}

function whyDue({ sent }: TableauDestinationObservation): string {
  return sent === 'under way' ? notSeen : notDelivered;
}

const notDelivered = 'the last run built it and did not deliver it';
const notSeen = 'the last run sent it and did not see it published; apply looks before it sends it again';

/** Returns true if a file has the size of the output that was delivered last. */
function hasDeliveredSize({ applied }: Observation, found: FileDestinationObservation['found']): boolean {
  const delivered = applied?.template ?? applied?.extract;
  return found !== undefined && found.size === delivered?.size;
}

function isFile(last: AppliedDestination | undefined): last is AppliedFile {
  return last !== undefined && 'modified' in last;
}

/** Bytes of what is delivered, as far as that is known before it is built. */
function sizeOf(observation: Observation): number | undefined {
  const { template, applied } = observation;
  return template === undefined
    ? extractSize(observation)
    : (template.staged?.size ?? applied?.template?.size);
}

function extractSize({ extract, applied }: Observation): number | undefined {
  return extract.kind === 'present' ? extract.size : applied?.extract.size;
}

function planFile(
  destination: FileDestination,
  found: FileDestinationObservation['found'],
  last: AppliedFile | undefined,
  rewriting: string | undefined,
): FileDestinationPlan {
  const plan = (action: FileDestinationPlan['action'], reason: string): FileDestinationPlan => ({
    type: 'file',
    target: destination.shown,
    action,
    reason,
  });
  if (found === undefined) return plan('create', last === undefined ? firstDelivery.alone : 'it was removed');
  if (rewriting !== undefined) return plan('overwrite', rewriting);
  if (last === undefined) return plan('overwrite', 'it is there, but was not written by this pipeline');
  return isSameFile(last, found)
    ? plan('unchanged', 'unchanged')
    : plan('overwrite', 'something else changed it since we wrote it');
}

function isSameFile(last: AppliedFile, found: FileDestinationObservation['found']): boolean {
  return last.size === found?.size && last.modified === found.modified;
}
