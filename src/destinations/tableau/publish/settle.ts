import { detailsText, detailsToSet } from '../../../model/plan/tableau-details.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { addTags, removeTag, setDetails, type Content } from '../client/resources/content.ts';
import { isSameName } from '../client/resources/filter.ts';
import { siteLabel } from '../client/site-label.ts';
import { hasMoved, lookForOurs, lookNow } from '../target/current.ts';
import type { Target } from '../target/target.ts';

const never = new AbortController().signal;

type Taken = (found: Content) => Promise<void>;

/**
 * Finishes a publication: finds it, sets its details beside its data, reads it again and compares. `taken` is called
 * as soon as it is found. Resolves to undefined for a new one that the server does not list yet; fails with EXT5114
 * naming everything that is not as it should be.
 */
export async function settle(
  target: Target,
  taken: Taken,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const ours = await lookForOurs(target, signal);
  const found = ours ?? (await lookNow(target, signal));
  if (found === undefined && target.before === undefined) return undefined;
  if (found === undefined) throw wrong(target, ['it is not to be found']);
  if (ours !== undefined) await taken(ours);
  const published = await setWhatIsMissing(target, found);
  const problems = whatIsWrong(target, published);
  if (problems.length > 0) throw wrong(target, problems);
  return published;
}

/**
 * Finishes an update after the server has reported that rows are changed. They may have been changed before: then
 * nothing has moved.
 */
export async function settleRows(target: Target, taken: Taken, signal: AbortSignal): Promise<Content> {
  const found = await lookNow(target, signal);
  if (found === undefined) throw wrong(target, ['it is not to be found']);
  await taken(found);
  const published = await setWhatIsMissing(target, found);
  const problems = whatIsWrong({ ...target, before: undefined }, published);
  if (problems.length > 0) throw wrong(target, problems);
  return published;
}

/** Sets description, tags and certification where they are not as they should be, and reads the result. */
export async function setWhatIsMissing(target: Target, found: Content): Promise<Content> {
  const { destination, before } = target;
  const { addTags: added, removeTags: removed, ...details } = detailsToSet(destination, found, before);
  if (Object.keys(details).length > 0) await setDetails(target, found.id, details, never);
  if (added.length > 0) await addTags(target, found.id, added, never);
  for (const tag of removed) await removeTag(target, found.id, tag, never);
  if (Object.keys(details).length + added.length + removed.length === 0) return found;
  return (await lookNow({ ...target, before: found }, never)) ?? found;
}

function whatIsWrong({ destination, project, before }: Target, now: Content): string[] {
  const left = detailsText(detailsToSet(destination, now, before));
  return [
    ...(before !== undefined && now.id !== before.id ? ['it has another id than before'] : []),
    ...(before !== undefined && !hasMoved(before, now) ? ['it has not changed'] : []),
    ...(now.projectId === project.id ? [] : ['it is in another project']),
    ...(isSameName(now.name, destination.name) ? [] : [`its name is "${now.name}"`]),
    ...left.map((detail) => `its ${detail} ${detail.endsWith('s') ? 'are' : 'is'} not as written`),
  ];
}

export function wrong(
  { site, destination }: Pick<Target, 'site' | 'destination'>,
  problems: readonly string[],
): RunError {
  return new RunError(
    'EXT5114',
    `${siteLabel(site.connection)} took "${destination.name}", but ${problems.join(', and ')}`,
    { hint: 'did another user change it at the same moment? plan again: it shows the present state' },
  );
}
