import type { WantedItems } from '../../config/index.ts';
import type { SelectFlags } from './select.ts';

/**
 * Returns the addresses that the flags name one by one; undefined if they may mean others. Pipelines and items besides
 * these need not be read. `--exclude` and permissions for changes name others, and are checked against all.
 */
export function literalSelection({
  select,
  exclude,
  allowBreaking,
}: SelectFlags & { allowBreaking?: readonly string[] }): WantedItems | undefined {
  if (select === undefined || exclude !== undefined || (allowBreaking ?? []).length > 0) return undefined;
  if (select.some((term) => !/^[A-Za-z0-9][A-Za-z0-9_.-]*(\[[A-Za-z0-9_.%-]+\])?$/.test(term)))
    return undefined;
  return new Map(select.map((term) => [term.toLowerCase(), term]));
}
