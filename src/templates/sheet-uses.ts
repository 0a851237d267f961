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
  const inOrder = sheets.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  const named = placesOf(inOrder.map((sheet) => find(sheet.named)));
  const listed = placesOf(inOrder.map((sheet) => find(sheet.listed)));
  const showing = placesOf(inOrder.map(({ shows }) => shows));
  return (chains) => {
    const [byName, byList] = [nearest(named, chains), nearest(listed, chains)];
    const affected = new Set([...byName.keys(), ...byList.keys()]);
    // A set is walked to its end, so that the stories of these dashboards are added, too.
    for (const sheet of affected)
      for (const { sheet: above } of showing.get(inOrder[sheet]?.name ?? '') ?? []) affected.add(above);

    const through = new Map<string, readonly string[]>();
    return [...affected]
      .toSorted((one, other) => one - other)
      .flatMap((place): Use[] => {
        const sheet = inOrder[place];
        if (sheet === undefined) return [];
        const { kind, name, shows } = sheet;
        const chain =
          byName.get(place)?.chain ??
          byList.get(place)?.chain ??
          shortest(shows.map((one) => through.get(one)?.concat(one)));
        if (chain === undefined) return [];
        through.set(name, chain);
        return [{ kind, name, through: chain }];
      });
  };
}

/** The place of a name: the number of the sheet, and the position in its list. */
interface Place {
  sheet: number;
  position: number;
}

/** Returns the places of each name. A large workbook has many fields and many sheets, and is looked through once. */
function placesOf(namesOfSheets: readonly (readonly string[])[]): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  for (const [sheet, names] of namesOfSheets.entries()) {
    for (const [position, name] of names.entries()) {
      const known = places.get(name);
      if (known === undefined) places.set(name, [{ sheet, position }]);
      else known.push({ sheet, position });
    }
  }
  return places;
}

/** Returns the sheets that have one of the fields, each with the shortest chain; of equal ones that of the name listed first. */
function nearest(
  places: ReadonlyMap<string, readonly Place[]>,
  chains: Chains,
): ReadonlyMap<number, { chain: readonly string[]; position: number }> {
  const found = new Map<number, { chain: readonly string[]; position: number }>();
  for (const [field, chain] of chains) {
    for (const { sheet, position } of places.get(field) ?? []) {
      const known = found.get(sheet);
      const isShorter = known === undefined || chain.length < known.chain.length;
      if (isShorter || (chain.length === known.chain.length && position < known.position))
        found.set(sheet, { chain, position });
    }
  }
  return found;
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

function shortest(chains: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  for (const chain of chains)
    if (chain !== undefined && (best === undefined || chain.length < best.length)) best = chain;
  return best;
}
