import path from 'node:path';
import type { Deletion } from '../../apply/removal-state.ts';
import type { Configuration } from '../../config/index.ts';
import type { AppliedDestination, AppliedRecord, MadePublication } from '../../model/world/applied-record.ts';
import { getOwn } from '../../model/base/get-own.ts';
import { familyOf } from '../../model/config/family.ts';
import type { Destination, TableauDestination } from '../../model/config/destination.ts';
import type { ForgottenPipeline } from '../../model/plan/plan.ts';
import type { DestinationPort } from '../../model/ports/destination-port.ts';
import type { Ports } from '../open-ports.ts';

/** Output of a removed item, and the port that can delete it. */
interface Made {
  target: string;
  /** An absolute path, or what names a publication: to compare with those of today. */
  place: string;
  last: AppliedDestination;
  /** The port; undefined if the configuration no longer has a way to reach it. */
  port: DestinationPort | undefined;
}

/**
 * Plans the deletions: the output to delete, and the output that is kept nevertheless. Output that no longer exists is
 * not mentioned.
 */
export async function planDeletions(
  record: AppliedRecord,
  { configuration, taken }: { configuration: Configuration; taken: ReadonlyMap<string, string> },
  world: Ports,
  signal: AbortSignal,
): Promise<Required<Pick<ForgottenPipeline, 'deletes' | 'leaves'>>> {
  const deletes: string[] = [];
  const leaves: string[] = [];
  for (const { target, place, last, port } of madeThings(record, configuration, world)) {
    const owner = taken.get(place);
    const standing = await port?.existing(last, signal);
    if (standing === 'gone') continue;
    if (owner !== undefined) leaves.push(`${target} (it is of ${owner} now)`);
    else if (standing === undefined)
      leaves.push(`${target} (no destination of this configuration is on its site)`);
    else if (standing === 'changed')
      leaves.push(`${target} (something else has changed it since we wrote it)`);
    else deletes.push(target);
  }
  return { deletes, leaves };
}

/** Returns the deletions of the plan, by the record that it was made from. */
export async function deletionsOf(
  { address, deletes }: ForgottenPipeline,
  configuration: Configuration,
  world: Ports,
): Promise<Deletion[] | undefined> {
  if (deletes === undefined) return undefined;
  const stored = await world.state.read(address);
  if (stored === undefined) return [];
  return madeThings(stored.record, configuration, world).flatMap(({ target, last, port }): Deletion[] =>
    port === undefined || !deletes.includes(target)
      ? []
      : [{ target, remove: (signal) => port.remove(last, signal) }],
  );
}

/** Places that pipelines of today write to, and whose they are. */
export function takenPlaces({ pipelines }: Configuration): ReadonlyMap<string, string> {
  return new Map(
    pipelines.flatMap(({ address, extract, template, destinations }) => [
      [extract.file, address] as const,
      ...(template === undefined ? [] : [[template.staged, address] as const]),
      ...destinations.map((one) => [one.type === 'file' ? one.path : one.shown, address] as const),
    ]),
  );
}

/**
 * Returns the output listed in a record, starting with what others see. A publication uses the credentials of a
 * destination on the same site: one of its family if that has one.
 */
function madeThings(record: AppliedRecord, configuration: Configuration, world: Ports): Made[] {
  const { made } = record;
  if (made === undefined) return [];
  const { project } = configuration;
  const file = (target: string, relative: string, last: AppliedDestination): Made => {
    const absolute = path.resolve(project.root, relative);
    const place = { file: record.file ?? '', pointer: '/for_each' };
    const port = world.destinationOf({ type: 'file', place, shown: target, path: absolute });
    return { target, place: absolute, last, port };
  };
  const delivered = Object.entries(record.destinations).flatMap(([target, last]): Made[] => {
    const where = getOwn(made.destinations, target);
    if (where === undefined) return [{ target, place: target, last, port: undefined }];
    if ('path' in where) return [file(target, where.path, last)];
    const like = alike(where, last, { address: record.address, configuration });
    return [{ target, place: target, last, port: like && world.destinationOf({ ...like, shown: target }) }];
  });
  return [
    ...delivered,
    ...(made.package === undefined || record.template === undefined
      ? []
      : [file(made.package, made.package, record.template)]),
    file(made.extract, made.extract, record.extract),
  ];
}

/** Returns a destination with the credentials for a publication, of the same kind of content where there is one. */
function alike(
  { server, site }: MadePublication,
  last: AppliedDestination,
  { address, configuration: { pipelines } }: { address: string; configuration: Configuration },
): TableauDestination | undefined {
  const isThere = (one: Destination): one is TableauDestination =>
    one.type === 'tableau' && one.connection.server === server && one.connection.site === site;
  const isWorkbook = 'content' in last;
  const isLike = (one: TableauDestination) => (one.workbook !== undefined) === isWorkbook;
  const family = familyOf(address);
  const there = pipelines.flatMap(({ name, destinations }) =>
    destinations.filter(isThere).map((destination) => ({ isFamily: name === family, destination })),
  );
  const ofFamily = there.filter(({ isFamily }) => isFamily);
  const among = ofFamily.length > 0 ? ofFamily : there;
  const found = (among.find(({ destination }) => isLike(destination)) ?? among[0])?.destination;
  if (found === undefined) return undefined;
  const { workbook = {}, ...rest } = found;
  const name = 'name' in last ? last.name : found.name;
  return { ...rest, name, ...(isWorkbook && { workbook }) };
}
