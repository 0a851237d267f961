import { child, type Diagnostic, type Place } from '../../model/errors/diagnostic.ts';
import { familyOf, isItem } from '../../model/config/family.ts';
import { suggestion } from '../../model/base/nearest.ts';
import type { Move } from '../../model/config/pipeline.ts';
import type * as Written from '../../model/config/written.gen.ts';
import { codes } from '../codes.ts';
import { addressOf, type PipelineDraft } from './pipeline-draft.ts';
import { followMoves, type Chain } from './move-chain.ts';
import { problem } from '../problem.ts';

/** Returns the moves of `moved:`, with addresses split at existing names. */
export function resolveMoves(draft: PipelineDraft): Move[] {
  return readMoves(draft).flatMap((one) => ('move' in one ? [one.move] : []));
}

export function moveProblems(draft: PipelineDraft): Diagnostic[] {
  return readMoves(draft).flatMap((one) => ('problem' in one ? [one.problem] : []));
}

/**
 * Reports moves from a pipeline that still exists: it continues from its own record, and two pipelines cannot share
 * one. Items of one file are checked against its list.
 */
export function movesFromRemoved(drafts: readonly PipelineDraft[]): Diagnostic[] {
  const files = new Map(drafts.map(({ address, place }) => [address, place.file]));
  return drafts.flatMap((draft) =>
    resolveMoves(draft).flatMap((move) => {
      const file = move.kind === 'pipeline' ? files.get(move.from) : undefined;
      return file === undefined || file === draft.place.file
        ? []
        : problem(codes.moved, `${move.from} is still there (${file})`, child(move.place, 'from'));
    }),
  );
}

type ReadMove = { move: Move } | { problem: Diagnostic } | { ofAnotherItem: true };

/** Reads moves. Today's names come from older ones over one move or several: the latest is looked up first. */
function readMoves(draft: PipelineDraft): ReadMove[] {
  const { name } = draft.written;
  const written = draft.written.moved ?? [];
  const isOfItem = ({ to }: Written.Move) => draft.key !== undefined && isItem(to) && familyOf(to) === name;
  const chain = followMoves(written.filter((move) => !isOfItem(move)));
  const reader = { draft, chain, tables: tablesOf(draft), names: [name, ...chain.formerly(name)] };
  return written
    .map((move, index) => {
      const place = child(draft.place, 'moved', index);
      const isTwice = written.findIndex(({ from }) => from === move.from) !== index;
      const read = isTwice
        ? wrong(place, 'from', `${move.from} was moved twice`)
        : isOfItem(move)
          ? readItemMove(move, draft, place)
          : readMove(move, reader, place);
      return { read, hops: chain.follow(move.to).hops };
    })
    .sort((one, other) => one.hops - other.hops)
    .map(({ read }) => read);
}

const wrong = (place: Place, key: 'from' | 'to', message: string, hint?: { hint: string }): ReadMove => ({
  problem: problem(codes.moved, message, child(place, key), hint),
});

function readItemMove({ from, to }: Written.Move, { address }: PipelineDraft, place: Place): ReadMove {
  if (from === to) return wrong(place, 'from', 'it has this name now');
  if (!isAddress(from)) return wrong(place, 'from', `${from} is no name of a pipeline or an item`);
  return to === address ? { move: { kind: 'pipeline', from, place } } : { ofAnotherItem: true };
}

interface MoveReader {
  draft: PipelineDraft;
  chain: Chain;
  /** Columns by table. */
  tables: ReadonlyMap<string, readonly string[]>;
  /** The names of the pipeline, today's first. */
  names: readonly string[];
}

function readMove(
  { from, to }: Written.Move,
  { draft, chain, tables, names }: MoveReader,
  place: Place,
): ReadMove {
  const { name } = draft.written;
  const target = readAddress(chain.follow(to).address, [name], tables);
  if (target === undefined)
    return wrong(place, 'to', `there is no ${to}`, hintOf(suggestion(to, addressesOf(draft))));
  switch (target.kind) {
    case 'pipeline':
      if (from === to) return wrong(place, 'from', 'it has this name now');
      if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(from))
        return wrong(place, 'from', `${from} is no name of a pipeline`);
      return { move: { kind: 'pipeline', from: addressOf(from, draft.key), place } };
    case 'table': {
      const table = inside(from, names);
      if (table === undefined) return wrong(place, 'from', `${from} is no table of ${name}`);
      if (tables.has(table)) return wrong(place, 'from', `${from} is still there`);
      return { move: { kind: 'table', from: table, to: target.table, place } };
    }
    case 'column': {
      const former = chain.formerly(`${name}.${target.table}`).map((one) => inside(one, names) ?? '');
      const column = inside(inside(from, names) ?? '', [target.table, ...former]);
      if (column === undefined)
        return wrong(place, 'from', `${from} is no column of ${name}.${target.table}`, {
          hint: `write it as ${name}.${target.table}.COLUMN`,
        });
      if (tables.get(target.table)?.includes(column) === true)
        return wrong(place, 'from', `${from} is still there`);
      return { move: { kind: 'column', table: target.table, from: column, to: target.column, place } };
    }
  }
}

const isAddress = (text: string) => /^[A-Za-z0-9][A-Za-z0-9_.-]*(\[[A-Za-z0-9_.%-]+\])?$/.test(text);

/** A move of a single item of a family. */
export interface ItemMove {
  from: string;
  to: string;
  place: Place;
}

export function itemMoves({ name, moved = [] }: Written.Pipeline, place: Place): ItemMove[] {
  return moved
    .map(({ from, to }, index) => ({ from, to, place: child(place, 'moved', index) }))
    .filter(({ to }) => isItem(to) && familyOf(to) === name);
}

/** Reports a move from an item that is still listed: two items cannot continue from one record. */
export function stillListed({ from, place }: ItemMove): Diagnostic {
  const hint = { hint: 'an item that is listed keeps what was applied for it: take the line out' };
  return problem(codes.moved, `${from} is still in the list`, child(place, 'from'), hint);
}

/**
 * Reports a move to an item that is not listed. An item that was removed from the list may have left this line; a
 * mistyped one must not lose its record.
 */
export function notListed({ from, to, place }: ItemMove): Diagnostic {
  const hint = {
    hint: `what was applied for ${from} is kept until this line names an item, or is taken out`,
  };
  return {
    ...problem(codes.moved, `${to} is not in the list`, child(place, 'to'), hint),
    severity: 'warning',
  };
}

type Address =
  { kind: 'pipeline' } | { kind: 'table'; table: string } | { kind: 'column'; table: string; column: string };

function readAddress(
  text: string,
  names: readonly string[],
  tables: ReadonlyMap<string, readonly string[]>,
): Address | undefined {
  if (names.includes(text)) return { kind: 'pipeline' };
  const rest = inside(text, names);
  if (rest === undefined) return undefined;
  if (tables.has(rest)) return { kind: 'table', table: rest };
  for (const [table, columns] of tables) {
    const column = inside(rest, [table]);
    if (column !== undefined && columns.includes(column)) return { kind: 'column', table, column };
  }
  return undefined;
}

/** Returns the part that follows one of the names and a dot. */
function inside(text: string, names: readonly string[]): string | undefined {
  const name = names.find((one) => one !== '' && text.startsWith(`${one}.`) && text.length > one.length + 1);
  return name === undefined ? undefined : text.slice(name.length + 1);
}

function tablesOf({ written }: PipelineDraft): Map<string, string[]> {
  return new Map(
    Object.entries(written.tables).map(([name, { columns = {} }]) => [name, Object.keys(columns)]),
  );
}

function addressesOf(draft: PipelineDraft): string[] {
  const { name } = draft.written;
  return [...tablesOf(draft)].flatMap(([table, columns]) => [
    `${name}.${table}`,
    ...columns.map((column) => `${name}.${table}.${column}`),
  ]);
}

function hintOf(found: { hint?: string }): { hint: string } | undefined {
  return found.hint === undefined ? undefined : { hint: found.hint };
}
