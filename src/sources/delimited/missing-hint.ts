import { formatColumnType } from '../../model/config/column-type.ts';
import type { Column } from '../../model/config/pipeline.ts';
import { nameList, shortName } from '../../model/base/name-list.ts';
import { nearest } from '../../model/base/nearest.ts';
import { looksLike, quotedVisible } from '../../model/base/visible.ts';

/**
 * Returns the remedy for a column that is not among the names of a file. Names that other columns take are never
 * suggested. `holder` is where the names come from.
 */
export function missingHint(
  column: Column,
  names: readonly string[],
  taken: readonly string[],
  holder = 'its header',
): string {
  const name = column.origin.kind === 'column' ? column.origin.name : column.name;
  const free = names.filter((one) => one.trim() !== '' && !taken.includes(one));
  const alike = free.find((one) => looksLike(one, name));
  if (alike !== undefined) {
    const found = quotedVisible(alike);
    const difference = quotedVisible(name) === `"${name}"` ? '' : `, which is not ${quotedVisible(name)}`;
    return `${holder} has ${found}${difference}: write from: ${found}, or correct the file`;
  }
  const near = nearest(name, free);
  if (near !== undefined) {
    const found = quotedVisible(shortName(near));
    return `did you mean ${found}? Then write from: ${found} in the column`;
  }
  const has = `${holder} has ${nameList(names)}`;
  return `${has}; if only some files have the column, write ${yamlOf(column, name)}`;
}

/** Returns the definition of the column with which files may lack it. Such a column cannot be NOT NULL. */
function yamlOf({ name, type }: Column, nameInFile: string): string {
  const text = formatColumnType(type);
  const from = nameInFile === name ? '' : `, from: ${quotedVisible(nameInFile)}`;
  return `{type: ${/[(,]/.test(text) ? `"${text}"` : text}${from}, optional: true}`;
}
