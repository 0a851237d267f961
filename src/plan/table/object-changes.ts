import { changesOfObjects } from '../../model/world/listing.ts';
import { bytes, counted } from '../../model/base/numbers.ts';
import type { ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import type { KeySet, ObjectChanges } from '../../model/plan/table-plan.ts';
import { getOwn } from '../../model/base/get-own.ts';

/** The number of keys of each kind that a sentence, and a plan, names. */
const named = 3;
const kept = 100;

/** Returns what two listings say about the data between them. */
export function compareObjects(
  before: ObjectsFingerprint,
  now: ObjectsFingerprint,
): { same: true } | { same: false; reason: string; replaced?: true } {
  if (before.bucket !== now.bucket)
    return { same: false, reason: `it is another bucket than before`, replaced: true };
  if (before.header !== undefined && now.header !== undefined && before.header.etag !== now.header.etag)
    return { same: false, reason: `the header file ${now.header.key} has changed`, replaced: true };
  const { fresh, changed, gone } = diffObjects(before, now);
  if (fresh.count + changed.count + gone.count === 0) return { same: true };
  const part = (
    { count, bytes: size, keys }: KeySet,
    [one, many]: readonly [string, string],
    { among = now, withSize = true } = {},
  ) => {
    if (count === 0) return [];
    const [only = ''] = keys;
    const amount = withSize ? [bytes(size)] : [];
    if (count === 1) return [`${only} ${one}${withSize ? ` (${bytes(size)})` : ''}`];
    const names =
      count <= named ? [keys.join(', ')] : [`${keys.slice(0, named).join(', ')} and ${count - named} more`];
    const total = counted(Object.keys(among.objects).length, 'object');
    return [`${count} of ${total} ${many} (${[...names, ...amount].join('; ')})`];
  };
  const parts = [
    ...part(fresh, ['is new', 'are new']),
    ...part(changed, howChanged(changed, before, now)),
    ...part(gone, ['was removed', 'were removed'], { among: before, withSize: false }),
  ];
  return { same: false, reason: parts.join(', ') };
}

/** Returns the predicate for one and for several changed objects: the change that all of them have in common. */
function howChanged(
  { keys }: KeySet,
  before: ObjectsFingerprint,
  now: ObjectsFingerprint,
): readonly [string, string] {
  const marks = keys.map(
    (key) => [getOwn(before.objects, key)?.etag, getOwn(now.objects, key)?.etag] as const,
  );
  if (marks.every(([last, etag]) => last !== undefined && etag !== undefined && last !== etag))
    return ['has a new ETag', 'have new ETags'];
  if (marks.every(([last, etag]) => last !== undefined && etag === undefined))
    return ['no longer has an ETag', 'no longer have ETags'];
  return ['has changed', 'have changed'];
}

export function diffObjects(before: ObjectsFingerprint, now: ObjectsFingerprint): ObjectChanges {
  const { fresh, changed, gone } = changesOfObjects(before, now);
  return {
    fresh: keySet(fresh, now.objects),
    changed: keySet(changed, now.objects),
    gone: keySet(gone, before.objects),
  };
}

function keySet(keys: readonly string[], marks: ObjectsFingerprint['objects']): KeySet {
  return {
    count: keys.length,
    bytes: keys.reduce((sum, key) => sum + (marks[key]?.size ?? 0), 0),
    keys: keys.slice(0, kept),
  };
}
