/** A pair of tables: rows of `from` refer to rows of `to`. */
export interface Reference {
  from: string;
  to: string;
}

export interface RelatedLayout {
  width: number;
  height: number;
  tables: readonly PlacedTable[];
  lines: readonly PlacedLine[];
}

/** Pixels; `x` and `y` are the upper left corner. */
export interface PlacedTable {
  name: string;
  x: number;
  y: number;
}

/** `loop`: a table that refers to itself; `ends` is then its upper right corner twice. */
export interface PlacedLine extends Reference {
  kind: 'line' | 'loop';
  ends: readonly [Point, Point];
}

export interface Point {
  x: number;
  y: number;
}

export const boxWidth = 200;
export const boxHeight = 32;
const columnGap = 72;
const rowGap = 22;
const margin = 4;
/** Room above the first row for loops. */
const top = 20;

/**
 * Places tables in columns: what refers to others is to the left of them. Tables of a circle are placed as if the line
 * that closes it were not there.
 */
export function placeRelated(references: readonly Reference[]): RelatedLayout {
  const columns = columnsOf(references);
  const rows = Math.max(0, ...columns.map(({ length }) => length));
  const at = new Map<string, PlacedTable>();
  columns.forEach((names, column) => {
    const first = top + ((rows - names.length) * (boxHeight + rowGap)) / 2;
    names.forEach((name, row) =>
      at.set(name, {
        name,
        x: margin + column * (boxWidth + columnGap),
        y: first + row * (boxHeight + rowGap),
      }),
    );
  });
  return {
    width: 2 * margin + columns.length * (boxWidth + columnGap) - columnGap,
    height: top + rows * (boxHeight + rowGap) - rowGap + margin,
    tables: [...at.values()],
    lines: distinct(references).flatMap((reference) => {
      const [from, to] = [at.get(reference.from), at.get(reference.to)];
      return from === undefined || to === undefined ? [] : [placeLine(reference, from, to)];
    }),
  };
}

function placeLine(reference: Reference, from: PlacedTable, to: PlacedTable): PlacedLine {
  if (from === to) {
    const corner = { x: from.x + boxWidth, y: from.y };
    return { ...reference, kind: 'loop', ends: [corner, corner] };
  }
  const isForward = from.x < to.x;
  const side = ({ x, y }: PlacedTable, isRight: boolean) => ({
    x: isRight ? x + boxWidth : x,
    y: y + boxHeight / 2,
  });
  return { ...reference, kind: 'line', ends: [side(from, isForward), side(to, !isForward)] };
}

function distinct(references: readonly Reference[]): Reference[] {
  return [...new Map(references.map((one) => [JSON.stringify([one.from, one.to]), one])).values()];
}

/** Returns the names of each column, from left to right, near those that refer to them. */
function columnsOf(references: readonly Reference[]): string[][] {
  const names = [...new Set(references.flatMap(({ from, to }) => [from, to]))];
  const ranks = ranksOf(names, references);
  const columns: string[][] = [];
  for (const name of names) (columns[ranks.get(name) ?? 0] ??= []).push(name);
  const rowOf = new Map<string, number>();
  return columns.map((column) => {
    const wanted = (name: string) => {
      const rows = references.flatMap(({ from, to }) => (to === name ? (rowOf.get(from) ?? []) : []));
      return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const sorted = column
      .map((name) => ({ name, row: wanted(name) }))
      .sort((one, other) => one.row - other.row)
      .map(({ name }) => name);
    sorted.forEach((name, row) => rowOf.set(name, row));
    return sorted;
  });
}

/** Returns the column of each table: one further than the furthest table that refers to it. */
function ranksOf(names: readonly string[], references: readonly Reference[]): Map<string, number> {
  const referring = new Map<string, string[]>();
  for (const { from, to } of references) {
    if (from !== to) referring.set(to, [...(referring.get(to) ?? []), from]);
  }
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  const visit = (name: string): number => {
    const known = ranks.get(name);
    if (known !== undefined) return known;
    open.add(name);
    const before = (referring.get(name) ?? []).filter((one) => !open.has(one)).map(visit);
    open.delete(name);
    const rank = before.length === 0 ? 0 : Math.max(...before) + 1;
    ranks.set(name, rank);
    return rank;
  };
  for (const name of names) visit(name);
  // A circle may leave columns empty.
  const used = [...new Set(ranks.values())].sort((one, other) => one - other);
  return new Map([...ranks].map(([name, rank]) => [name, used.indexOf(rank)]));
}
