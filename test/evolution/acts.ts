import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Random } from '../faults/random.ts';
import {
  everyPipeline,
  modes,
  stage,
  type Column,
  type Family,
  type Pipeline,
  type Project,
  type Source,
  type Table,
} from './model.ts';
import type { Sources } from './sources.ts';

export interface Scene {
  folder: string;
  project: Project;
  sources: Sources;
  random: Random;
}

/**
 * Something that has happened: rows and times make no saved plan stale. A staged extract that is gone does if the plan would be
 * another one, everything else if it is about its pipeline.
 */
export interface Happened {
  words: string;
  kind: 'rows' | 'touch' | 'unstaged' | 'other';
  ids: readonly string[];
}

/** Resolves to what has happened, or to nothing where it cannot happen. */
export type Act = (scene: Scene, pipeline: Pipeline, table: Table) => Promise<Happened['kind'] | undefined>;

export const fresh = ({ project }: Scene, stem: string) => `${stem}${++project.names}`;

/** Changes the configuration, which nothing outside of the model has to know. */
const written = (change: (scene: Scene, pipeline: Pipeline, table: Table) => boolean): Act => {
  return (...given) => Promise.resolve(change(...given) ? 'other' : undefined);
};

const free = ({ columns }: Table) => columns.filter(({ from }) => from === 'amount' || from === 'note');

const types: Readonly<Record<string, readonly string[]>> = {
  amount: ['int', 'bigint'],
  note: ['text', 'varchar(40)', 'varchar(80)'],
};

const column = (scene: Scene, from: string): Column => ({
  name: fresh(scene, from),
  from,
  type: scene.random.of(types[from] ?? ['int']),
  moves: [],
});

export async function newSource(
  { sources, random }: Scene,
  kind: Source['kind'],
  id: string,
  name = id,
): Promise<Source> {
  const source: Source = {
    ...{ kind, id, name, rows: new Map(), extra: [] },
    ...{ version: 0, inserts: 0, nextId: 1 },
  };
  await sources.create(source);
  for (let count = 1 + random.below(4); count > 0; count--) await sources.insert(source, random);
  return source;
}

const kinds = ['postgres', 'postgres', 'csv', 'files'] as const;

async function newTable(scene: Scene): Promise<Table> {
  const kind = scene.random.of(kinds);
  return tableOf(scene, await newSource(scene, kind, fresh(scene, 's')));
}

export function tableOf(scene: Scene, source: Source): Table {
  const { kind } = source;
  const plain = (name: string): Column => ({ name, from: name, type: 'int', moves: [] });
  return {
    name: fresh(scene, 't'),
    source,
    mode: scene.random.of(modes[kind]),
    columns: [
      ...[plain('id'), plain('changed'), column(scene, 'amount'), column(scene, 'note')],
      ...(kind === 'files' ? [{ ...plain('file'), type: 'text' }] : []),
    ],
    moves: [],
    kept: new Map(),
  };
}

export async function newPipeline(scene: Scene): Promise<Pipeline> {
  const id = fresh(scene, 'p');
  const template = scene.random.below(2) === 0 ? undefined : fresh(scene, 'T');
  const pipeline: Pipeline = {
    id,
    name: id,
    description: 'first',
    tables: [await newTable(scene)],
    template,
    destinations: [],
    moves: [],
    staged: `build/${id}`,
    isStaged: false,
    wasStaged: false,
    isPacked: false,
    applied: undefined,
    leftover: undefined,
  };
  pipeline.destinations = [newDestination(scene, pipeline)];
  return pipeline;
}

const newDestination = (scene: Scene, { template }: Pipeline) => ({
  path: `out/${fresh(scene, 'd')}.${template === undefined ? 'hyper' : 'tdsx'}`,
  isAsLeft: false,
});

const acts: Readonly<Record<string, { weight: number; act: Act }>> = {
  'a row more': {
    weight: 9,
    act: async ({ sources, random }, _, { source }) => (await sources.insert(source, random), 'rows'),
  },
  'another value': {
    weight: 5,
    act: async ({ sources, random }, _, { source }) => {
      if (source.rows.size === 0) return undefined;
      await sources.update(source, random);
      return 'rows';
    },
  },
  'a row less': {
    weight: 3,
    act: async ({ sources, random }, _, { source, mode }) => {
      if (source.rows.size < 2 || mode === 'append') return undefined;
      await sources.remove(source, random);
      return 'rows';
    },
  },
  'files touched': {
    weight: 2,
    act: async ({ sources }, _, { source }) => (await sources.touch(source), 'touch'),
  },
  'a column more in the source': {
    weight: 1,
    act: async (scene, _, { source }) => (await scene.sources.widen(source, fresh(scene, 'x')), 'other'),
  },
  'a table more': {
    weight: 1,
    act: async (scene, { tables }) => {
      if (tables.length > 2) return undefined;
      tables.splice(scene.random.below(tables.length + 1), 0, await newTable(scene));
      return 'other';
    },
  },
  'a table less': {
    weight: 1,
    act: written(
      ({ random }, { tables }) =>
        tables.length > 1 && tables.splice(random.below(tables.length), 1).length > 0,
    ),
  },
  'a column more': {
    weight: 1,
    act: written((scene, _, table) => {
      const from = ['amount', 'note'].find((one) => table.columns.every((taken) => taken.from !== one));
      if (from === undefined) return false;
      table.columns.splice(scene.random.below(table.columns.length), 0, column(scene, from));
      return true;
    }),
  },
  'a column less': {
    weight: 2,
    act: written(({ random }, _, table) => {
      const gone = free(table);
      if (gone.length === 0) return false;
      table.columns.splice(table.columns.indexOf(random.of(gone)), 1);
      return true;
    }),
  },
  'another type': {
    weight: 2,
    act: written(({ random }, _, table) => {
      const [one] = free(table);
      if (one === undefined) return false;
      one.type = random.of((types[one.from] ?? []).filter((type) => type !== one.type));
      return true;
    }),
  },
  'another order': {
    weight: 1,
    act: written((_, __, { columns }) => columns.unshift(...columns.splice(1, 1)) > 0),
  },
  'a column renamed': {
    weight: 2,
    act: written((scene, { name }, table) => {
      const [one] = free(table);
      if (one === undefined) return false;
      const before = one.name;
      one.name = fresh(scene, one.from);
      one.moves.push(`{ from: ${name}.${table.name}.${before}, to: ${name}.${table.name}.${one.name} }`);
      return true;
    }),
  },
  'a table renamed': {
    weight: 1,
    act: written((scene, { name }, table) => {
      const before = table.name;
      table.name = fresh(scene, 't');
      table.moves.push(`{ from: ${name}.${before}, to: ${name}.${table.name} }`);
      return true;
    }),
  },
  'a pipeline renamed': {
    weight: 1,
    act: written((scene, pipeline) => {
      const before = pipeline.name;
      pipeline.name = fresh(scene, 'p');
      pipeline.moves.push(`{ from: ${before}, to: ${pipeline.name} }`);
      return true;
    }),
  },
  'another mode': {
    weight: 2,
    act: written(({ random }, _, table) => {
      const other = modes[table.source.kind].filter((mode) => mode !== table.mode);
      if (other.length === 0) return false;
      table.mode = random.of(other);
      return true;
    }),
  },
  'other words': {
    weight: 1,
    act: written((scene, pipeline) => (pipeline.description = fresh(scene, 'words')) !== ''),
  },
  'a destination moved': {
    weight: 1,
    act: written((scene, pipeline) => {
      pipeline.destinations[0] = newDestination(scene, pipeline);
      return true;
    }),
  },
  'a destination more or less': {
    weight: 2,
    act: written((scene, pipeline) => {
      if (pipeline.destinations.length > 1) pipeline.destinations.pop();
      else pipeline.destinations.push(newDestination(scene, pipeline));
      return true;
    }),
  },
  'another template': {
    weight: 2,
    act: written((scene, pipeline) => {
      const hadNone = pipeline.template === undefined;
      pipeline.template = !hadNone && scene.random.below(2) === 0 ? undefined : fresh(scene, 'T');
      if (hadNone || pipeline.template === undefined)
        pipeline.destinations = pipeline.destinations.map(() => newDestination(scene, pipeline));
      return true;
    }),
  },
  'an output touched': {
    weight: 2,
    act: async ({ folder, random }, { destinations, staged, isStaged }) => {
      const [file] = destinations.filter(({ isAsLeft }) => isAsLeft).map((one) => one.path);
      const touched = isStaged && random.below(2) === 0 ? `${staged}.hyper` : file;
      if (touched === undefined) return undefined;
      const moment = new Date(random.below(1_000_000_000));
      await utimes(path.join(folder, touched), moment, moment);
      return 'touch';
    },
  },
  'an output gone or overwritten': {
    weight: 3,
    act: async ({ folder, random }, { destinations }) => {
      const one = destinations.find(({ isAsLeft }) => isAsLeft);
      if (one === undefined) return undefined;
      one.isAsLeft = false;
      if (random.below(2) === 0) await rm(path.join(folder, one.path));
      else await writeFile(path.join(folder, one.path), 'written by something else');
      return 'other';
    },
  },
  'staged in another file': {
    weight: 2,
    act: written((scene, pipeline) => {
      stage(pipeline, `build/${fresh(scene, 'e')}/${pipeline.id}`);
      return true;
    }),
  },
  'the staged extract gone': {
    weight: 1,
    act: async ({ folder }, pipeline) => {
      if (!pipeline.isStaged) return undefined;
      pipeline.isStaged = false;
      await rm(path.join(folder, `${pipeline.staged}.hyper`));
      return 'unstaged';
    },
  },
};

const drawn = Object.entries(acts).flatMap(([words, { weight, act }]) =>
  Array.from({ length: weight }, () => ({ words, act })),
);

/** What happens to one item alone: to its rows and to what was made of it. */
const ofItems: readonly string[] = [
  ...['a row more', 'another value', 'a row less', 'files touched', 'an output touched'],
  ...['an output gone or overwritten', 'the staged extract gone'],
];
const drawnOfItems = drawn.filter(({ words }) => ofItems.includes(words));

/** Lets something happen; what cannot happen is drawn again. */
export async function happen(scene: Scene): Promise<Happened> {
  const { project, random } = scene;
  for (;;) {
    const pipeline = random.of(everyPipeline(project));
    const { words, act } = random.of(project.pipelines.includes(pipeline) ? drawn : drawnOfItems);
    const table = random.of(pipeline.tables);
    const kind = await act(scene, pipeline, table);
    if (kind === undefined) continue;
    return {
      words: `${pipeline.id} ${table.name} (${table.source.id}, ${table.mode}): ${words}`,
      kind,
      ids: [pipeline.id],
    };
  }
}

/** What happens in the file of a family happens to all of its items. */
const ofFamilies = ['a column more', 'a column less', 'another type', 'another order'] as const;

export async function happenToColumns(scene: Scene, { items }: Family): Promise<boolean> {
  const [first] = items;
  const [table] = first?.tables ?? [];
  if (first === undefined || table === undefined) return false;
  // All items have the same columns, not equal ones.
  return (await acts[scene.random.of(ofFamilies)]?.act(scene, first, table)) !== undefined;
}
