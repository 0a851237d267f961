import type { Use } from '../model/world/template-description.ts';
import type { Resolve } from './field-resolver.ts';
import { parseFormula } from './formula.ts';
import type { DataSource, SetField } from './tds/model.ts';

/** The fields that a field leads to, and itself, with the calculations between. */
export type Chains = ReadonlyMap<string, readonly string[]>;

/**
 * Returns a function that finds the sheets that need any of these fields, the dashboards that show them and the stories
 * that show those. Each has the shortest chain that leads to it: what a sheet shows goes before what it merely depends
 * on.
 */
export function sheetUses(
  { sheets, dashboardSets }: Pick<DataSource, 'sheets' | 'dashboardSets'>,
  resolve: Resolve,
): (chains: Chains) => Use[] {
  const find = finder(dashboardSets, resolve);
  const order = ['sheet', 'dashboard', 'story'];
  const inOrder = sheets
    .toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
    .map((sheet) => ({
      ...sheet,
      named: find(sheet.named),
      listed: find(sheet.listed),
    }))
    .map((sheet) => ({ ...sheet, all: new Set([...sheet.named, ...sheet.listed]) }));
  return (chains) => {
    const through = new Map<string, readonly string[]>();
    const uses: Use[] = [];
    const fields = [...chains.keys()];
    for (const { kind, name, shows, named, listed, all } of inOrder) {
      // Most sheets need none of these fields, and a large workbook has many of both.
      const isNeeded = fields.some((field) => all.has(field));
      const chain =
        (isNeeded ? shortest(named, (field) => chains.get(field)) : undefined) ??
        (isNeeded ? shortest(listed, (field) => chains.get(field)) : undefined) ??
        shortest(shows, (sheet) => through.get(sheet)?.concat(sheet));
      if (chain === undefined) continue;
      through.set(name, chain);
      uses.push({ kind, name, through: chain });
    }
    return uses;
  };
}

/** Returns the fields behind references. A sheet that is filtered by an action needs the fields of that. */
function finder(
  sets: readonly SetField[],
  resolve: Resolve,
): (references: readonly string[]) => readonly string[] {
  const behind = new Map(
    sets.map(({ name, fields, formulas }) => [
      name,
      [
        ...fields,
        ...formulas.flatMap((formula) => parseFormula(formula).references.map(({ field }) => field)),
      ],
    ]),
  );
  return (references) => {
    const all = references.flatMap((reference) => behind.get(reference) ?? [reference]);
    return [...new Set(all.flatMap((reference) => resolve(reference)?.name ?? []))];
  };
}

function shortest(
  names: readonly string[],
  chainOf: (name: string) => readonly string[] | undefined,
): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  for (const name of names) {
    const chain = chainOf(name);
    if (chain !== undefined && (best === undefined || chain.length < best.length)) best = chain;
  }
  return best;
}
