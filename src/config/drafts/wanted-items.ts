import type * as Written from '../../model/config/written.gen.ts';
import { familyOf, isItem } from '../../model/config/family.ts';
import type { WantedKeys } from '../for-each/index.ts';
import { alike } from '../../model/config/key-of-name.ts';

/** Addresses of items or whole families by themselves in lower case: all that a run is about. */
export type WantedItems = ReadonlyMap<string, string>;

/**
 * Returns the keys of a family that a run is about; undefined if it is about all of them. An item whose output may have
 * the place of another one's is never looked at alone. Of other families the items with these keys are read where files
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

/** Returns true if the key of an item, or the name of its folder, tells each of its outputs from those of the others. */
function hasOwnOutput({ destinations = [], extract }: Omit<Written.Pipeline, 'for_each'>): boolean {
  const outputs: { path?: unknown; name?: unknown; project?: unknown; file?: unknown }[] = [
    ...destinations,
    ...(extract?.file === undefined ? [] : [{ file: extract.file }]),
  ];
  return outputs.every(({ path, name, project, file }) =>
    [path, name, project, file].some((text) => typeof text === 'string' && tellsApart(text)),
  );
}

/** Texts of different items differ if the key is the only value in them, or has nothing beside it that could be a part of one. */
function tellsApart(text: string): boolean {
  const others = text.replaceAll(/\$\{each\.(?:key|name)\}/g, '');
  return others !== text && (!others.includes('${') || keyApart.test(text));
}

const keyApart = /(?:^|[^\w.%}-])\$\{each\.(?:key|name)\}(?:$|\.(?:hyper|tdsx|tds)$|[^\w.%$-])/;
