import { familyOf, isItem } from '../../model/config/family.ts';
import { nameOfKey } from '../../model/config/key-of-name.ts';
import { printableData } from '../text-width.ts';

/** Returns the reason with the name of the item's folder, where its key is not that name. */
export function withFolder(address: string, because: string): string {
  if (!isItem(address) || !address.includes('%')) return because;
  const name = nameOfKey(address.slice(familyOf(address).length + 1, -1));
  return name === undefined ? because : `${because}; the folder is "${printableData(name)}"`;
}
