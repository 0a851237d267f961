import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { AppliedPublication, PendingDelivery } from '../../model/world/applied-record.ts';
import type { PublishedContent, TableauDestinationObservation } from '../../model/world/observation.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { Publication } from '../../model/plan/step.ts';
import type { TableauDestinationPlan } from '../../model/plan/destination-plan.ts';
import { firstDelivery } from '../../model/plan/destination-plan.ts';
import { detailsText, detailsToSet } from '../../model/plan/tableau-details.ts';
import { wayOf } from '../../model/plan/tableau-delivery.ts';
import {
  nothingToChange,
  publicationFindings,
  serverStillPublishing,
  movedOrRenamedTo,
} from './publication-findings.ts';

interface Planned {
  plan: TableauDestinationPlan;
  drifted: boolean;
  diagnostics: readonly Diagnostic[];
}

type PublicationDecision = Pick<TableauDestinationPlan, 'action' | 'reason' | 'ifPublished'>;

interface Circumstances {
  /** The reason why other rows or another file will be delivered. */
  rewriting: string | undefined;
  size: number | undefined;
  pending: PendingDelivery | undefined;
  /** The pipeline that publishes the data source in this run, before its rows are changed. */
  publication: Publication | undefined;
  /** The rows may turn out to be the same as before. */
  isConditional: boolean;
}

/** Plans the publication: what is published, what it replaces, and how it gets there. */
export function planPublication(
  destination: TableauDestination,
  seen: TableauDestinationObservation,
  last: AppliedPublication | undefined,
  circumstances: Circumstances,
): Planned {
  const { rewriting, size, pending, publication } = circumstances;
  const alone = seen.looked
    ? decidePublication(destination, seen, last, rewriting)
    : decideUnseen(destination, last, rewriting, seen.because);
  const decision =
    publication === undefined ? alone : afterPublication(alone, seen, publication, circumstances);
  const { found } = seen;
  const { delivery } = destination;
  const uploads = decision.action !== 'unchanged' && decision.action !== 'details';
  return {
    plan: {
      type: 'tableau',
      target: destination.shown,
      ...(destination.workbook !== undefined && { content: 'workbook' as const }),
      ...decision,
      ...(decision.action === 'update' && delivery.method === 'update' && { rows: delivery.action }),
      ...(found !== undefined && decision.action !== 'unchanged' && { existing: existing(found) }),
      ...(uploads &&
        size !== undefined && {
          upload: upload(destination, decision.action, size, rewriting === undefined),
        }),
    },
    // A run that was killed may have published it without recording so.
    drifted:
      seen.looked &&
      last !== undefined &&
      !(found !== undefined && isAsWeLeftIt(found, last, destination)) &&
      !(pending !== undefined && found?.id === last.id && seen.byUs === true),
    diagnostics: [
      ...publicationFindings(destination, seen, decision.action, last),
      ...(publication === undefined ? nothingToChange(destination, seen) : []),
    ],
  };
}

/**
 * Returns true if the publication is as we left it. Row changes by pipelines that share it create no revision,
 * and are no drift.
 */
export function isAsWeLeftIt(
  found: PublishedContent,
  last: AppliedPublication,
  { shared, delivery }: Pick<TableauDestination, 'shared' | 'delivery'>,
): boolean {
  if (last.id !== found.id) return false;
  const isSameRevision = (last.revision ?? found.revision) === found.revision;
  if (shared === true) return delivery.method === 'update' || isSameRevision;
  return last.updatedAt === found.updatedAt && isSameRevision;
}

/** Returns true if it was republished since: our changes of rows are gone. Changes of rows make no revision. */
function wasRepublished(
  found: PublishedContent,
  last: AppliedPublication,
  { shared, delivery }: Pick<TableauDestination, 'shared' | 'delivery'>,
): boolean {
  const isKnown = last.revision !== undefined && found.revision !== undefined;
  return shared === true && delivery.method === 'update' && isKnown && last.revision !== found.revision;
}

/** Equal rows of another batch are other rows: they are added. Returns the reason, or undefined for the same batch. */
function anotherBatch(last: AppliedPublication, { delivery }: TableauDestination): string | undefined {
  if (delivery.method !== 'update' || delivery.action !== 'insert') return undefined;
  const { batch } = delivery;
  return batch === undefined || batch === last.batch ? undefined : `batch "${batch}" is not added yet`;
}

/**
 * Returns the reason to deliver rows that have been delivered in another way, or undefined. Rows are not added because of
 * that: they may be there already.
 */
function anotherWay(last: AppliedPublication, destination: TableauDestination): string | undefined {
  const { delivery } = destination;
  const isRepeatable =
    delivery.method === 'update' ? delivery.action !== 'insert' : delivery.mode === 'overwrite';
  const way = wayOf(destination);
  if (!isRepeatable || last.way === undefined || last.way === way) return undefined;
  return `the last delivery was ${last.way}, not ${way}`;
}

const changesGone = 'it was published again since: these changes are not in it';

function decidePublication(
  destination: TableauDestination,
  { found, strayed, project, sent }: TableauDestinationObservation,
  last: AppliedPublication | undefined,
  rewriting: string | undefined,
): PublicationDecision {
  if (sent === 'under way' && rewriting === undefined)
    return { action: 'unchanged', reason: serverStillPublishing };
  if (found === undefined) {
    if (strayed !== undefined) return { action: 'create', reason: movedOrRenamedTo(strayed, destination) };
    if (last !== undefined) return { action: 'create', reason: 'it was deleted there since we published it' };
    return {
      action: 'create',
      reason: firstReason(destination, project),
    };
  }
  const action = actionOn(destination);
  if (last !== undefined && last.id !== found.id) {
    return {
      action,
      reason: `another ${destination.workbook === undefined ? 'data source' : 'workbook'} has its name: ${newest(found)}`,
    };
  }
  if (rewriting !== undefined)
    return { action, reason: last === undefined ? 'it is there already' : rewriting };
  if (last === undefined) return { action, reason: 'it is there, but was not published by this pipeline' };
  // Rows are added or changed once; what others do to them afterwards is no reason to do it again.
  if (!isAsWeLeftIt(found, last, destination) && action === 'overwrite')
    return { action, reason: drift(found, last) };
  if (wasRepublished(found, last, destination)) return { action, reason: changesGone };
  const due = anotherBatch(last, destination) ?? anotherWay(last, destination);
  if (due !== undefined) return { action, reason: due };
  const details = detailsText(detailsToSet(destination, found, undefined));
  if (details.length > 0) return { action: 'details', reason: `${details.join(', ')} not as written` };
  return { action: 'unchanged', reason: 'unchanged' };
}

/**
 * Returns the plan after another pipeline has published the data source: rows are changed in what it publishes,
 * whatever the server has now.
 */
function afterPublication(
  decision: PublicationDecision,
  { sent }: TableauDestinationObservation,
  publication: Publication,
  { isConditional }: Circumstances,
): PublicationDecision {
  const { pipeline } = publication;
  switch (decision.action) {
    case 'create':
      return { action: 'update', reason: `${pipeline} publishes it first` };
    case 'details':
    case 'unchanged':
      if (sent === 'under way') return decision;
      return {
        action: 'update',
        reason: `${pipeline} publishes it again: these changes are not in that revision`,
        ifPublished: publication,
      };
    default:
      return isConditional ? { ...decision, ifPublished: publication } : decision;
  }
}

function firstReason(destination: TableauDestination, project: string | undefined): string {
  if (project !== undefined) return firstDelivery.alone;
  return destination.workbook === undefined ? firstDelivery.withProject : firstDelivery.workbookWithProject;
}

function actionOn({ delivery }: TableauDestination): 'overwrite' | 'append' | 'update' {
  if (delivery.method === 'update') return 'update';
  return delivery.mode === 'append' ? 'append' : 'overwrite';
}

/** Returns the plan without a look at the server, from what is recorded of our last publication. */
function decideUnseen(
  destination: TableauDestination,
  last: AppliedPublication | undefined,
  rewriting: string | undefined,
  because = 'offline',
): PublicationDecision {
  if (last === undefined)
    return { action: 'create', reason: `not published by this pipeline yet; not looked (${because})` };
  const reason = rewriting ?? anotherBatch(last, destination) ?? anotherWay(last, destination);
  if (reason !== undefined)
    return { action: actionOn(destination), reason: `${reason}; not looked (${because})` };
  return { action: 'unchanged', reason: `as it was when we published it; not looked (${because})` };
}

function drift(found: PublishedContent, last: AppliedPublication): string {
  if (last.revision !== undefined && found.revision !== undefined && found.revision > last.revision)
    return `someone else overwrote it: ${newest(found)}`;
  return `something changed it since we published it (${found.updatedAt})`;
}

function newest({ owner, updatedAt, revision }: PublishedContent): string {
  return [
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    updatedAt,
    ...(owner === '' ? [] : [`owned by ${owner}`]),
  ].join(', ');
}

function existing({
  owner,
  updatedAt,
  megabytes,
  revision,
}: PublishedContent): NonNullable<TableauDestinationPlan['existing']> {
  return {
    owner,
    updatedAt,
    ...(megabytes !== undefined && { megabytes }),
    ...(revision !== undefined && { revision }),
  };
}

function upload(
  { singleBelow, chunkSize, delivery }: TableauDestination,
  action: TableauDestinationPlan['action'],
  size: number,
  exact: boolean,
): NonNullable<TableauDestinationPlan['upload']> {
  const isUpdate = delivery.method === 'update' && action === 'update';
  const isSingle = size < singleBelow && !isUpdate;
  return {
    bytes: { value: size, exact },
    requests: isSingle ? 1 : Math.max(1, Math.ceil(size / chunkSize)),
    ...(isUpdate && size > delivery.most && { portions: 2 ** Math.ceil(Math.log2(size / delivery.most)) }),
  };
}
