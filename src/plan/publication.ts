import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  AppliedPublication,
  PendingDelivery,
  PublishedDataSource,
  TableauDestinationObservation,
} from '../model/observation.ts';
import type { TableauDestination } from '../model/pipeline.ts';
import type { TableauDestinationPlan } from '../model/plan.ts';
import { firstDelivery } from '../model/destination-plan.ts';
import { needsRows } from '../model/tableau-delivery.ts';
import { detailsInWords, detailsToSet } from '../model/tableau-details.ts';

interface Planned {
  plan: TableauDestinationPlan;
  drifted: boolean;
  diagnostics: readonly Diagnostic[];
}

type Decision = Pick<TableauDestinationPlan, 'action' | 'reason'>;

/** What will be published, what it replaces, and how it gets there. */
export function planPublication(
  destination: TableauDestination,
  seen: TableauDestinationObservation,
  last: AppliedPublication | undefined,
  {
    rewriting,
    size,
    pending,
  }: { rewriting: string | undefined; size: number | undefined; pending: PendingDelivery | undefined },
): Planned {
  const decision = seen.looked
    ? decide(destination, seen, last, rewriting)
    : unseen(destination, last, rewriting, seen.because);
  const { found } = seen;
  const uploads = decision.action !== 'unchanged' && decision.action !== 'details';
  return {
    plan: {
      type: 'tableau',
      target: destination.shown,
      ...decision,
      ...(found !== undefined && decision.action !== 'unchanged' && { existing: existing(found) }),
      ...(uploads &&
        size !== undefined && {
          upload: upload(destination, decision.action, size, rewriting === undefined),
        }),
    },
    // A run that was killed may have published it and not said so.
    drifted:
      seen.looked &&
      last !== undefined &&
      !(found !== undefined && isAsWeLeftIt(found, last, destination)) &&
      !(pending !== undefined && found?.id === last.id && seen.byUs === true),
    diagnostics: findings(destination, seen, decision, last),
  };
}

/** What others who share a data source do to its rows makes no revision, and is no change of ours. */
export function isAsWeLeftIt(
  found: PublishedDataSource,
  last: AppliedPublication,
  { shared, delivery }: Pick<TableauDestination, 'shared' | 'delivery'>,
): boolean {
  if (last.id !== found.id) return false;
  const isSameRevision = (last.revision ?? found.revision) === found.revision;
  if (shared === true) return delivery.method === 'update' || isSameRevision;
  return last.updatedAt === found.updatedAt && isSameRevision;
}

/** Changes of rows make no revision: another one has the rows of the pipeline that publishes all of them. */
function isPublishedAnew(
  found: PublishedDataSource,
  last: AppliedPublication,
  { shared, delivery }: Pick<TableauDestination, 'shared' | 'delivery'>,
): boolean {
  const isKnown = last.revision !== undefined && found.revision !== undefined;
  return shared === true && delivery.method === 'update' && isKnown && last.revision !== found.revision;
}

const changesGone = 'it was published anew since: these changes are not in it';

function decide(
  destination: TableauDestination,
  { found, strayed, project, sent }: TableauDestinationObservation,
  last: AppliedPublication | undefined,
  rewriting: string | undefined,
): Decision {
  if (sent === 'under way' && rewriting === undefined) return { action: 'unchanged', reason: stillAtIt };
  if (found === undefined) {
    if (strayed !== undefined) return { action: 'create', reason: strayedTo(strayed, destination) };
    if (last !== undefined) return { action: 'create', reason: 'it was deleted there since we published it' };
    return {
      action: 'create',
      reason: project === undefined ? firstDelivery.withProject : firstDelivery.alone,
    };
  }
  const action = actionOn(destination);
  if (last !== undefined && last.id !== found.id) {
    return { action, reason: `another data source has its name: ${newest(found)}` };
  }
  if (rewriting !== undefined)
    return { action, reason: last === undefined ? 'it is there already' : rewriting };
  if (last === undefined) return { action, reason: 'it is there, but was not published by this pipeline' };
  // Rows are added or changed once; what others do to them afterwards is no reason to do it again.
  if (!isAsWeLeftIt(found, last, destination) && action === 'overwrite')
    return { action, reason: drift(found, last) };
  if (isPublishedAnew(found, last, destination)) return { action, reason: changesGone };
  const details = detailsInWords(detailsToSet(destination, found, undefined));
  if (details.length > 0) return { action: 'details', reason: `${details.join(', ')} not as written` };
  return { action: 'unchanged', reason: 'unchanged' };
}

const stillAtIt = 'the server may still be publishing what the last run sent';

function actionOn({ delivery }: TableauDestination): 'overwrite' | 'append' | 'update' {
  if (delivery.method === 'update') return 'update';
  return delivery.mode === 'append' ? 'append' : 'overwrite';
}

/** Without a look at the server, what we know of our last publication has to do. */
function unseen(
  destination: TableauDestination,
  last: AppliedPublication | undefined,
  rewriting: string | undefined,
  because = 'offline',
): Decision {
  if (last === undefined)
    return { action: 'create', reason: `not published by this pipeline yet; not looked (${because})` };
  if (rewriting !== undefined)
    return { action: actionOn(destination), reason: `${rewriting}; not looked (${because})` };
  return { action: 'unchanged', reason: `as it was when we published it; not looked (${because})` };
}

function drift(found: PublishedDataSource, last: AppliedPublication): string {
  if (last.revision !== undefined && found.revision !== undefined && found.revision > last.revision)
    return `someone else overwrote it: ${newest(found)}`;
  return `something changed it since we published it (${found.updatedAt})`;
}

function newest({ owner, updatedAt, revision }: PublishedDataSource): string {
  return [
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    updatedAt,
    ...(owner === '' ? [] : [`owned by ${owner}`]),
  ].join(', ');
}

function strayedTo(
  { name, project }: { name: string; project: string },
  destination: TableauDestination,
): string {
  const where = project === '' ? 'elsewhere' : `to ${project}`;
  return name === destination.name
    ? `what we published was moved ${where}`
    : `what we published is now "${name}"${project === '' ? '' : ` in ${project}`}`;
}

function existing({
  owner,
  updatedAt,
  megabytes,
  revision,
}: PublishedDataSource): NonNullable<TableauDestinationPlan['existing']> {
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

function actionWord(delivery: TableauDestination['delivery']): string {
  return delivery.method === 'update' && delivery.action === 'delete' ? 'delete' : 'change';
}

// eslint-disable-next-line max-lines-per-function -- one case for each finding
function findings(
  destination: TableauDestination,
  { looked, because, found, strayed, sent }: TableauDestinationObservation,
  { action }: Decision,
  last: AppliedPublication | undefined,
): Diagnostic[] {
  const { delivery, place, shown } = destination;
  const warning = { severity: 'warning', place } as const;
  const createsOnly = delivery.method === 'publish' && delivery.mode === 'create';
  return [
    ...(looked
      ? []
      : [
          {
            ...warning,
            code: because === undefined ? 'EXT5118' : 'EXT5122',
            message: `${shown} was not looked at: ${because ?? 'the plan is offline'}`,
          },
        ]),
    ...(sent === 'under way' && action === 'unchanged'
      ? [
          {
            ...warning,
            code: 'EXT5120',
            message: `${shown}: ${stillAtIt}`,
            hint: 'nothing is sent again meanwhile; plan again later to see what came of it',
          },
        ]
      : []),
    ...(needsRows(destination) && looked && found === undefined
      ? [
          {
            code: 'EXT5121',
            severity: 'error' as const,
            message: `${shown} is not published: there are no rows to ${actionWord(delivery)}`,
            hint: 'apply the pipeline that publishes all rows first',
            place,
          },
        ]
      : []),
    ...(createsOnly && found !== undefined && action !== 'unchanged' && action !== 'details'
      ? [
          {
            code: 'EXT5108',
            severity: 'error' as const,
            message: `${shown} is there already, and mode: create replaces nothing`,
            hint: 'mode: overwrite replaces it; or give another name:',
            place,
          },
        ]
      : []),
    ...(strayed !== undefined && last !== undefined
      ? [
          {
            ...warning,
            code: 'EXT5117',
            message: `${shown}: ${strayedTo(strayed, destination)}; workbooks follow it, not the one that will be published`,
            hint: 'name it so in the configuration, or rename or move it back, if it is to be updated',
          },
        ]
      : []),
  ];
}
