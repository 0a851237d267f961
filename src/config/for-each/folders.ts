import { createHash } from 'node:crypto';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { foreign } from '../../model/errors/secrets.ts';
import type { FoundFolder } from '../../model/ports/source-port.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';
import type { Item } from './item.ts';
import { keyOfName, longestKey } from '../../model/config/key-of-name.ts';

/** Folders as items, and those that cannot be items, each with its reason. */
export interface FolderItems {
  /** In the order of their keys. */
  items: readonly Item[];
  blocked: readonly BlockedFolder[];
}

export interface BlockedFolder {
  /** The key; or, for a name that has none, a text that distinguishes it from the others. */
  key: string;
  problems: readonly Diagnostic[];
}

/** Makes an item of each folder. A problem of one folder blocks that one only. */
export function itemsOfFolders(folders: readonly FoundFolder[], place: Place): FolderItems {
  const items: Item[] = [];
  const blocked: BlockedFolder[] = [];
  const namesOf = new Map<string, string[]>();
  const keyed = folders.map(({ name, refused }) => ({ name, refused, key: keyOfName(name) }));
  for (const { name, key } of keyed) {
    if (key === undefined) continue;
    const like = namesOf.get(key.toLowerCase()) ?? [];
    namesOf.set(key.toLowerCase(), [...like, name]);
  }
  for (const { name, refused, key } of keyed) {
    const alike = (namesOf.get(key?.toLowerCase() ?? '') ?? []).filter((other) => other !== name);
    const why = refused === undefined ? whyNoItem(name, key, alike) : { message: refused };
    if (why === undefined && key !== undefined) {
      const values = new Map([
        ['name', name],
        ['key', key],
      ]);
      items.push({ key, values });
    } else if (why !== undefined) {
      const { message, hint } = why;
      const said = problem(
        codes.eachKey,
        `the folder ${shortened(name)}: ${message}`,
        place,
        hint === undefined ? {} : { hint },
      );
      blocked.push({ key: key ?? standIn(name), problems: [said] });
    }
  }
  const inOrder = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1);
  return { items: items.sort(inOrder), blocked: blocked.sort(inOrder) };
}

interface Reason {
  message: string;
  hint?: string;
}

function whyNoItem(name: string, key: string | undefined, alike: readonly string[]): Reason | undefined {
  if (name === '') {
    return {
      message: 'its name is empty: two slashes in a row begin a folder without a name',
      hint: 'give these objects keys with one slash',
    };
  }
  if (key === undefined) {
    return {
      message: `its key would have more than ${longestKey} characters, or its name is no Unicode text`,
      hint: 'give it a shorter name; characters other than letters, digits, "_", "-" and dots count three times or more',
    };
  }
  const [other] = alike;
  if (other === undefined) return undefined;
  return {
    message: `its key differs from that of ${shortened(other)} only in case, which file names on macOS and Windows do not distinguish`,
    hint: 'give one of the two another name',
  };
}

const shortened = (name: string) => quotedVisible(Array.from(foreign(name)).slice(0, longestKey).join(''));

/** A tilde is in no key. */
const standIn = (name: string) => `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
