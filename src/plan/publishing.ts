import { hourlyRate, leastSeconds } from '../model/base/rate.ts';
import type { Destination, TableauConnection } from '../model/config/destination.ts';
import type { PipelinePlan, SitePublishing } from '../model/plan/plan.ts';

/** A planned pipeline with the destinations of its configuration. */
export interface PublishingPipeline {
  plan: PipelinePlan;
  destinations: readonly Destination[];
}

/**
 * Returns the sites on which a rate makes publications wait. Only what is certain to be published counts: the seconds are those
 * that an apply takes at least, with any number of processes.
 */
export function publishingOf(
  pipelines: readonly PublishingPipeline[],
  perHour: number | undefined,
): readonly SitePublishing[] {
  if (perHour === undefined) return [];
  const counts = new Map<string, number>();
  for (const { plan, destinations } of pipelines) {
    if (plan.blockedBy !== undefined) continue;
    for (const step of plan.steps) {
      if (step.kind !== 'deliver' || step.details === true) continue;
      if (step.ifRowsDiffer === true || step.ifPublished !== undefined) continue;
      const destination = destinations[step.destination];
      if (destination?.type !== 'tableau') continue;
      const site = siteOf(destination.connection);
      counts.set(site, (counts.get(site) ?? 0) + callsOf(plan, step.destination));
    }
  }
  const rate = hourlyRate(perHour);
  return [...counts]
    .map(([site, publications]) => ({
      ...{ site, publications, perHour },
      leastSeconds: Math.round(leastSeconds(rate, publications)),
    }))
    .filter((one) => one.leastSeconds > 0)
    .sort((one, other) => (one.site < other.site ? -1 : 1));
}

/** An update of many rows is several calls. */
function callsOf({ destinations }: PipelinePlan, index: number): number {
  const planned = destinations[index];
  return planned?.type === 'tableau' ? (planned.upload?.portions ?? 1) : 1;
}

function siteOf(connection: TableauConnection): string {
  const { server, site } = connection.labels ?? { ...connection, server: hostOf(connection.server) };
  return `${site === '' ? 'Default site' : `site "${site}"`} on ${server}`;
}

/** An untrusted plan knows no values of variables. */
const hostOf = (server: string) => (URL.canParse(server) ? new URL(server).host : server);
