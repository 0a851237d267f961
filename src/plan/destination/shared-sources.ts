import type { Destination, TableauDestination } from '../../model/config/destination.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { DestinationPlan } from '../../model/plan/destination-plan.ts';
import type { PipelinePlan } from '../../model/plan/plan.ts';
import type { Publication } from '../../model/plan/step.ts';

/** Data sources that are published in this run, by their identity. */
export type Publications = ReadonlyMap<string, Publication>;

/** Returns the identity of a data source that several pipelines deliver to; undefined of every other one. */
function sharedSource({ shared, connection, project, name }: TableauDestination): string | undefined {
  if (shared !== true) return undefined;
  return JSON.stringify([connection.server, connection.site, project, name.toLowerCase()]);
}

/** Returns the data sources that this plan of a pipeline publishes and whose rows other pipelines change. */
export function publishedBy(pipeline: Pipeline, plan: PipelinePlan): [string, Publication][] {
  if (plan.blockedBy !== undefined) return [];
  return pipeline.destinations.flatMap((destination, index): [string, Publication][] => {
    const action = plan.destinations[index]?.action;
    if (destination.type !== 'tableau' || destination.delivery.method !== 'publish') return [];
    const source = sharedSource(destination);
    if (source === undefined || action === undefined || action === 'unchanged' || action === 'details')
      return [];
    return [[source, { pipeline: pipeline.address, target: destination.shown }]];
  });
}

/** Returns the pipeline that publishes the data source whose rows a destination changes, if this plan has one. */
export function publicationOf(destination: Destination, publications: Publications): Publication | undefined {
  if (destination.type !== 'tableau' || destination.delivery.method !== 'update') return undefined;
  const source = sharedSource(destination);
  return source === undefined ? undefined : publications.get(source);
}

/** Returns the pipelines that publish the data sources whose rows this one is going to change. */
export function afterOf(
  pipeline: Pipeline,
  destinations: readonly DestinationPlan[],
  publications: Publications,
): Pick<PipelinePlan, 'after'> {
  const publishers = pipeline.destinations.flatMap((destination, index) => {
    const isWritten = destinations[index]?.action !== 'unchanged';
    return isWritten ? (publicationOf(destination, publications)?.pipeline ?? []) : [];
  });
  return publishers.length === 0 ? {} : { after: [...new Set(publishers)] };
}

/**
 * Orders pipelines so that those that publish a data source come before those that change its rows, and leaves all
 * others as they are. Where two pipelines each change what the other publishes, the first one comes first: the changes
 * that are lost by that are found by the next plan.
 */
export function publishersFirst<One extends { pipeline: object }>(all: readonly One[]): One[] {
  const publishers = new Map<string, One>();
  for (const one of all) for (const source of sourcesOf(one, 'publish')) publishers.set(source, one);
  const ordered = new Set<One>();
  const begun = new Set<One>();
  const visit = (one: One) => {
    if (begun.has(one)) return;
    begun.add(one);
    for (const source of sourcesOf(one, 'update')) {
      const publisher = publishers.get(source);
      if (publisher !== undefined) visit(publisher);
    }
    ordered.add(one);
  };
  for (const one of all) visit(one);
  return [...ordered];
}

function sourcesOf({ pipeline }: { pipeline: object }, method: 'publish' | 'update'): string[] {
  const { destinations = [] } = pipeline as Partial<Pipeline>;
  return destinations.flatMap((one) =>
    one.type === 'tableau' && one.delivery.method === method ? (sharedSource(one) ?? []) : [],
  );
}

/**
 * Groups pipelines that publish one data source or change its rows: they must be applied by one process, in which some wait for
 * others. Returns the first address of the group for each member of a group of several.
 */
export function groupsBySharedSource(
  pipelines: readonly Pick<Pipeline, 'address' | 'destinations'>[],
): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const find = (address: string): string => {
    const parent = first.get(address);
    return parent === undefined || parent === address ? address : find(parent);
  };
  const members = new Map<string, string>();
  for (const { address, destinations } of pipelines) {
    for (const destination of destinations) {
      const source = destination.type === 'tableau' ? sharedSource(destination) : undefined;
      if (source === undefined) continue;
      const [one, other] = [find(members.get(source) ?? address), find(address)].sort();
      if (one !== undefined && other !== undefined) first.set(other, one).set(one, one);
      members.set(source, address);
    }
  }
  return new Map([...first.keys()].map((address) => [address, find(address)]));
}
