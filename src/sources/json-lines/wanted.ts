import { parseJsonPath, type JsonStep } from '../../model/config/json-path.ts';

/** A place in records from which a column takes its value, or that leads to one. */
export interface Wanted {
  /** The columns that take the value at this place, by their index. */
  columns: number[];
  /** The wanted places inside an object, by `keyBytes` of the keys; and inside an array. */
  keys: Map<string, Wanted> | undefined;
  items: Map<number, Wanted> | undefined;
  /** The number of the last record that has the key: a second time in one record is an error. */
  seenIn: number;
  /** The key as it is written. */
  name: string;
}

/** Joins the paths of all columns, so that one walk through a record finds the values of all. */
export function wantedIn(paths: readonly string[]): Wanted {
  const root = place('');
  for (const [column, path] of paths.entries()) {
    const steps = parseJsonPath(path);
    if ('problem' in steps) throw new Error(steps.problem);
    let at = root;
    for (const step of steps) at = next(at, step);
    at.columns.push(column);
  }
  return root;
}

/** Returns the UTF-8 bytes of a key as a latin1 string, with one character for each byte. */
export function keyBytes(key: string): string {
  return Buffer.from(key).toString('latin1');
}

function next(at: Wanted, step: JsonStep): Wanted {
  if (typeof step === 'number') return grown((at.items ??= new Map<number, Wanted>()), step, `[${step}]`);
  return grown((at.keys ??= new Map<string, Wanted>()), keyBytes(step), step);
}

function grown<Key>(places: Map<Key, Wanted>, key: Key, name: string): Wanted {
  const known = places.get(key);
  if (known !== undefined) return known;
  const made = place(name);
  places.set(key, made);
  return made;
}

function place(name: string): Wanted {
  return { columns: [], keys: undefined, items: undefined, seenIn: 0, name };
}
