import type { Place } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { asOneFile } from '../values/file-names.ts';
import { problem } from '../problem.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { quotedVisible } from '../../model/base/visible.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { isKey, longestKey } from '../../model/config/key-of-name.ts';

/** One item of a `for_each`: its key, and the values of `${each.…}`. */
export interface Item {
  key: string;
  /** The values as texts, including the key; null for an absent one. */
  values: ReadonlyMap<string, string | null>;
}

/** An item as listed, before any check. */
export interface Listed {
  key: unknown;
  values: readonly (readonly [string, unknown])[];
  /** The place of the item, and a description if a place does not identify it. */
  place: Place;
  label: string;
}

/** A list without its invalid items; if there are `problems`, the real items are not known. */
export interface CheckedList {
  items: readonly Item[];
  problems: readonly Diagnostic[];
}

/** Checks keys, which are parts of addresses, file names and commands: each must be safe in all of them, and unique. */
export function checkItems(listed: readonly Listed[]): CheckedList {
  const items = new Map<string, Item>();
  const labels = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const { key, values, place, label } of listed) {
    const wrong = (message: string, hint?: string) =>
      void problems.push(
        problem(codes.eachKey, `${label}: ${message}`, place, hint === undefined ? {} : { hint }),
      );
    if (key === null || key === undefined || key === '') {
      wrong(key === null ? 'its key is NULL' : 'it has no key', 'every item needs a key of its own');
    } else if (typeof key !== 'string') {
      wrong('its key is no text', 'write it in quotes');
    } else if (!isKey(key)) {
      wrong(
        `${quotedVisible(Array.from(foreign(key)).slice(0, longestKey).join(''))} is not a key: it becomes part of addresses and file names`,
        `a key has letters, digits, "_" and "-", single dots inside, and at most ${longestKey} characters; keep other texts in columns beside it`,
      );
    } else if (items.has(key)) {
      wrong(`the key "${key}" is there already (${labels.get(asOneFile(key)) ?? ''})`);
    } else if (labels.has(asOneFile(key))) {
      wrong(
        `the key "${key}" differs from that of ${labels.get(asOneFile(key)) ?? ''} only in case, which file names on macOS do not distinguish`,
        'give it another key',
      );
    } else {
      const read = readValues(values, wrong);
      labels.set(asOneFile(key), label);
      items.set(key, { key, values: new Map([...read, ['key', key]]) });
    }
  }
  return { items: [...items.values()], problems };
}

function readValues(
  values: Listed['values'],
  wrong: (message: string, hint?: string) => void,
): [string, string | null][] {
  return values.flatMap(([name, value]): [string, string | null][] => {
    if (value === null) return [[name, null]];
    switch (typeof value) {
      case 'string':
        return [[name, value]];
      case 'boolean':
        return [[name, String(value)]];
      case 'number':
        if (!Number.isInteger(value) || Number.isSafeInteger(value)) return [[name, String(value)]];
        wrong(`${quotedVisible(name)} has more digits than a number keeps`, 'write it in quotes');
        return [];
      default:
        wrong(`${quotedVisible(name)} is no text, number, true or false`);
        return [];
    }
  });
}
