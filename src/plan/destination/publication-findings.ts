import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { AppliedPublication } from '../../model/world/applied-record.ts';
import type { TableauDestinationObservation } from '../../model/world/observation.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { TableauDestinationPlan } from '../../model/plan/destination-plan.ts';
import { needsRows } from '../../model/plan/tableau-delivery.ts';

export const serverStillPublishing = 'the server may still be publishing what the last run sent';

/** Returns where a publication of ours is now. */
export function movedOrRenamedTo(
  { name, project }: { name: string; project: string },
  destination: TableauDestination,
): string {
  const where = project === '' ? 'elsewhere' : `to ${project}`;
  return name === destination.name
    ? `what we published was moved ${where}`
    : `what we published is now "${name}"${project === '' ? '' : ` in ${project}`}`;
}

/** Returns the things that refer to a publication by its id. */
function followers({ workbook }: TableauDestination): string {
  return workbook === undefined ? 'workbooks' : 'links, subscriptions and favorites';
}

function actionWord(delivery: TableauDestination['delivery']): string {
  return delivery.method === 'update' && delivery.action === 'delete' ? 'delete' : 'change';
}

/** Returns an error if rows are to be changed and nothing is published. */
export function nothingToChange(
  destination: TableauDestination,
  { looked, found }: TableauDestinationObservation,
): Diagnostic[] {
  if (!needsRows(destination) || !looked || found !== undefined) return [];
  const { delivery, place, shown } = destination;
  const message = `${shown} is not published: there are no rows to ${actionWord(delivery)}`;
  const hint = 'apply the pipeline that publishes all rows first';
  return [{ code: 'EXT5121', severity: 'error', message, hint, place }];
}

/** Returns what users must know of a publication beside what will be done. */
export function publicationFindings(
  destination: TableauDestination,
  { looked, because, found, strayed, sent }: TableauDestinationObservation,
  action: TableauDestinationPlan['action'],
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
            message: `${shown}: ${serverStillPublishing}`,
            hint: 'nothing is sent again meanwhile; plan again later to see what came of it',
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
            message: `${shown}: ${movedOrRenamedTo(strayed, destination)}; ${followers(destination)} follow it, not the one that will be published`,
            hint: 'to keep updating it, use its new name in the configuration, or rename or move it back',
          },
        ]
      : []),
  ];
}
