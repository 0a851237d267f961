import type { Diagnostic } from '../model/errors/diagnostic.ts';

/** Rows of `from` refer to rows of `to`: a foreign key in the .hyper. */
export interface Edge {
  from: string;
  to: string;
}

export interface TreeFinding {
  severity: Diagnostic['severity'];
  code: string;
  /** The tables that are to blame. */
  tables: readonly string[];
  message: string;
}

/**
 * A .hyper with several tables that is published without a .tdsx gets its data model from its foreign keys, and Tableau
 * takes only one shape: a tree that holds every table, with exactly one table that nothing refers to (the facts) and
 * exactly one path from it to every other.
 *
 * Codes: EXT4501 several fact tables · EXT4502 table without a relationship · EXT4503 two paths to a table · EXT4504
 * circle · EXT4505 unknown table.
 */
export function checkTree(tables: readonly string[], relationships: readonly Edge[]): TreeFinding[] {
  if (tables.length < 2) return [];
  const unknown = relationships
    .flatMap(({ from, to }) => [from, to])
    .filter((name) => !tables.includes(name));
  if (unknown.length > 0) {
    return [
      finding(
        'EXT4505',
        [...new Set(unknown)],
        (names) => `relationships name ${names}, which no table is called`,
      ),
    ];
  }
  const edges = distinct(relationships);
  const isolated = tables.filter((table) => !edges.some(({ from, to }) => from === table || to === table));
  const facts = tables.filter((table) => !isolated.includes(table) && !edges.some(({ to }) => to === table));
  const crossed = tables.filter((table) => edges.filter(({ to }) => to === table).length > 1);
  const circle = findCircle(tables, edges);
  const findings: TreeFinding[] = [];
  if (circle.length > 0) {
    findings.push(finding('EXT4504', circle, (names) => `${names} refer to each other in a circle`));
  }
  if (facts.length > 1) {
    const what = (names: string) =>
      `nothing refers to ${names}: a .hyper published by itself may have only one such table, the facts`;
    findings.push(finding('EXT4501', facts, what));
  }
  if (isolated.length > 0) {
    const have = isolated.length === 1 ? 'has' : 'have';
    findings.push(
      finding('EXT4502', isolated, (names) => `${names} ${have} no relationship to any other table`),
    );
  }
  for (const table of crossed) {
    const referring = edges.filter(({ to }) => to === table).map(({ from }) => from);
    const what = (names: string) =>
      `"${table}" can be reached on two paths, from ${names}; a .hyper published by itself may have only one`;
    findings.push({ ...finding('EXT4503', referring, what), tables: [table, ...referring] });
  }
  return findings;
}

function finding(code: string, tables: readonly string[], message: (names: string) => string): TreeFinding {
  const names = tables.map((table) => `"${table}"`);
  const last = names.at(-1) ?? '';
  const listed = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
  return { severity: 'error', code, tables, message: message(listed) };
}

/** Several columns, or several relationships between the same two tables, are one edge. */
function distinct(edges: readonly Edge[]): Edge[] {
  return edges.filter(
    (edge, n) => edges.findIndex(({ from, to }) => from === edge.from && to === edge.to) === n,
  );
}

/**
 * Returns the tables that remain when those without outgoing and those without incoming edges are removed again and
 * again.
 */
function findCircle(tables: readonly string[], edges: readonly Edge[]): string[] {
  let left = [...tables];
  for (;;) {
    const inside = edges.filter(({ from, to }) => left.includes(from) && left.includes(to));
    const kept = left.filter(
      (table) => inside.some(({ from }) => from === table) && inside.some(({ to }) => to === table),
    );
    if (kept.length === left.length) return kept;
    left = kept;
  }
}
