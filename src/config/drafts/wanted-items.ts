import type * as Written from '../../model/config/written.gen.ts';
import { familyOf, isItem } from '../../model/config/family.ts';
import type { WantedKeys } from '../for-each/index.ts';
import { alike } from '../../model/config/key-of-name.ts';

/** The items and whole families that a run is about: addresses by their lower-case form. */
export type WantedItems = ReadonlyMap<string, string>;

/**
 * Returns the keys of a family that a run is about; undefined if it is about all of them. An item whose output may be
 * that of another one is never read alone. Of other families the items with these keys are read where files
 * list them: they may write the same.
 */
export function wantedKeys(
  pipeline: Omit<Written.Pipeline, 'for_each'>,
  wanted: WantedItems | undefined,
): WantedKeys | undefined {
  const { name, moved = [] } = pipeline;
  if (wanted === undefined || wanted.has(name.toLowerCase()) || !hasOwnOutput(pipeline)) return undefined;
  // Each end of a move is compared with the list.
  const addresses = [...wanted.values(), ...moved.flatMap(({ from, to }) => [from, to])];
  const keys = addresses.filter(isItem).map((address) => address.slice(familyOf(address).length + 1, -1));
  return new Map(keys.map((key) => [alike(key), key]));
}

/** Returns true if the run is about the family or an item of it. */
export function isWanted(name: string, wanted: WantedItems | undefined): boolean {
  return (
    wanted === undefined || [...wanted.keys()].some((address) => familyOf(address) === name.toLowerCase())
  );
}

/** Returns true if every output of an item contains its key or the name of its folder, so that no two items share one. */
function hasOwnOutput({ destinations = [], extract }: Omit<Written.Pipeline, 'for_each'>): boolean {
  const outputs: { path?: unknown; name?: unknown; project?: unknown; file?: unknown }[] = [
    ...destinations,
    ...(extract?.file === undefined ? [] : [{ file: extract.file }]),
  ];
  return outputs.every(({ path, name, project, file }) =>
    [path, name, project, file].some((text) => typeof text === 'string' && distinguishesItems(text)),
  );
}

/** Returns true if the texts of different items differ: the key is the only value, or no character beside it can be part of a key. */
function distinguishesItems(text: string): boolean {
  const others = text.replaceAll(/\$\{each\.(?:key|name)\}/g, '');
  return others !== text && (!others.includes('${') || keyApart.test(text));
}

const keyApart = /(?:^|[^\w.%}-])\$\{each\.(?:key|name)\}(?:$|\.(?:hyper|tdsx|tds)$|[^\w.%$-])/;
