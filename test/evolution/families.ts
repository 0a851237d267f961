import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fresh, happenToColumns, newSource, tableOf, type Happened, type Scene } from './acts.ts';
import { modes, stage, type Family, type Gone, type Item, type Table } from './model.ts';

/** A scene in which pipelines come and go. */
export interface Stage extends Scene {
  gone: Gone[];
}

export async function newFamily(stage: Stage): Promise<Family> {
  const id = fresh(stage, 'f');
  const family: Family = { id, onRemoved: 'forget', list: 'items', items: [], away: [] };
  const kind = stage.random.of(['postgres', 'csv', 'files'] as const);
  for (let count = 0; count < 2; count++) family.items.push(await newItem(stage, family, kind));
  return family;
}

/** Like the other items, with a source of its own. */
async function newItem(stage: Stage, family: Family, kind: Table['source']['kind']): Promise<Item> {
  const key = fresh(stage, 'k');
  const id = `${family.id}_${key}`;
  const [like] = family.items;
  const source = await newSource(stage, kind, id, `${family.id}s`);
  const table: Table =
    like?.tables[0] === undefined ? tableOf(stage, source) : { ...like.tables[0], source, kept: new Map() };
  return {
    ...{ id, key, family, name: `${family.id}[${key}]`, description: like?.description ?? 'first' },
    ...{ tables: [table], template: undefined, destinations: [{ path: `out/${id}.hyper`, isAsLeft: false }] },
    ...{ moves: [], staged: like === undefined ? `build/${id}` : like.staged.replace(like.id, id) },
    ...{ isStaged: false, wasStaged: false, isPacked: false, applied: undefined, leftover: undefined },
  };
}

/** Resolves to whose pipelines it is about, or to nothing where it cannot happen. */
type FamilyAct = (stage: Stage, family: Family) => Promise<readonly string[] | undefined>;

const idsOf = (all: readonly { id: string }[]) => all.map(({ id }) => id);

const written = (change: (scene: Stage, family: Family) => boolean): FamilyAct => {
  return (stage, family) => Promise.resolve(change(stage, family) ? idsOf(family.items) : undefined);
};

const acts: Readonly<Record<string, { weight: number; act: FamilyAct }>> = {
  'an item more': {
    weight: 3,
    act: async (stage, family) => {
      const [first] = family.items;
      if (first === undefined || family.items.length > 3) return undefined;
      const item = await newItem(stage, family, first.tables[0]?.source.kind ?? 'csv');
      family.items.push(item);
      return [item.id];
    },
  },
  'an item less': {
    weight: 4,
    act: ({ random, gone }, family) => {
      if (family.items.length < 2) return Promise.resolve(undefined);
      const [item] = family.items.splice(random.below(family.items.length), 1);
      if (item === undefined) return Promise.resolve(undefined);
      family.away.push(item);
      if (item.applied !== undefined) gone.push({ pipeline: item, family });
      return Promise.resolve([item.id]);
    },
  },
  'an item again': {
    weight: 4,
    act: (stage, family) => {
      const { away, items } = family;
      const [item] = away.splice(0, 1);
      const [first] = items;
      if (item === undefined || first === undefined) return Promise.resolve(undefined);
      items.push(item);
      followFamily(item, first);
      const index = stage.gone.findIndex(({ pipeline }) => pipeline === item);
      if (index >= 0) stage.gone.splice(index, 1);
      return Promise.resolve([item.id]);
    },
  },
  'another on_removed': {
    weight: 3,
    act: (stage, family) => {
      family.onRemoved = family.onRemoved === 'delete' ? 'forget' : 'delete';
      const gone = stage.gone.filter((one) => one.family === family).map(({ pipeline }) => pipeline);
      // It decides nothing about items that stay.
      return Promise.resolve(idsOf(gone));
    },
  },
  'another list': {
    weight: 1,
    act: (_, family) => {
      family.list = family.list === 'file' ? 'items' : 'file';
      // Its items are the same.
      return Promise.resolve([]);
    },
  },
  'other words': {
    weight: 1,
    act: written((stage, family) => {
      const description = fresh(stage, 'words');
      for (const item of family.items) item.description = description;
      return true;
    }),
  },
  'another mode': {
    weight: 1,
    act: written(({ random }, { items }) => {
      const tables = items.flatMap((item) => item.tables);
      const [first] = tables;
      if (first === undefined) return false;
      const other = modes[first.source.kind].filter((mode) => mode !== first.mode);
      if (other.length === 0) return false;
      const mode = random.of(other);
      for (const table of tables) table.mode = mode;
      return true;
    }),
  },
  'other columns': {
    weight: 2,
    act: async (stage, family) => ((await happenToColumns(stage, family)) ? idsOf(family.items) : undefined),
  },
  'staged in other files': {
    weight: 2,
    act: written((scene, { items }) => {
      const folder = `build/${fresh(scene, 'e')}`;
      for (const item of items) stage(item, `${folder}/${item.id}`);
      return true;
    }),
  },
};

const drawn = Object.entries(acts).flatMap(([words, { weight, act }]) =>
  Array.from({ length: weight }, () => ({ words, act })),
);

export async function happenToFamily(stage: Stage, family: Family): Promise<Happened> {
  for (;;) {
    const { words, act } = stage.random.of(drawn);
    const ids = await act(stage, family);
    if (ids !== undefined) return { words: `${family.id}: ${words} (${ids.join(', ')})`, kind: 'other', ids };
  }
}

/** An item that comes again is as its family is now. */
function followFamily(item: Item, first: Item): void {
  item.description = first.description;
  const [table, like] = [item.tables[0], first.tables[0]];
  if (table !== undefined && like !== undefined) table.mode = like.mode;
  const staged = first.staged.replace(first.id, item.id);
  if (item.staged !== staged) stage(item, staged);
}

/** The file is gone, with all items: however they were to be removed, they are forgotten. */
export async function removeFamily(stage: Stage): Promise<Happened | undefined> {
  const { families } = stage.project;
  const [family] = families.splice(0, 1);
  if (family === undefined) return undefined;
  for (const one of stage.gone) if (one.family === family) one.family = undefined;
  for (const item of family.items)
    if (item.applied !== undefined) stage.gone.push({ pipeline: item, family: undefined });
  await rm(path.join(stage.folder, `pipelines/${family.id}.yaml`), { force: true });
  return {
    words: `${family.id}: a family less`,
    kind: 'other',
    ids: idsOf([...family.items, ...family.away]),
  };
}
