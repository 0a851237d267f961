import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import type { Random } from '../faults/random.ts';
import type { Row, Source } from './model.ts';

/** Does to the sources what the model says of them. */
export interface Sources {
  create(source: Source): Promise<void>;
  insert(source: Source, random: Random): Promise<void>;
  update(source: Source, random: Random): Promise<void>;
  remove(source: Source, random: Random): Promise<void>;
  /** A column that no pipeline takes. */
  widen(source: Source, name: string): Promise<void>;
  /** The same content with another time. */
  touch(source: Source): Promise<void>;
}

export function openSources(folder: string, client: pg.Client): Sources {
  let clock = 0;
  const fileOf = (name: string) => path.join(folder, 'pipelines', name);
  /** Writes the files of a source that are among these. */
  const write = async (source: Source, changed: ReadonlySet<string>) => {
    for (const name of changed) {
      const rows = [...source.rows.values()].filter(({ file }) => file === name);
      if (rows.length === 0 && source.kind === 'files') await rm(fileOf(name), { force: true });
      else await writeFile(fileOf(name), csvOf(rows, source));
    }
  };
  const flush = () => client.query('select pg_stat_force_next_flush()');
  const sources: Sources = {
    async create(source) {
      if (source.kind === 'postgres')
        await client.query(
          `create table ${source.id} (id int primary key, amount int, note text, changed int not null)`,
        );
      else await mkdir(fileOf(`data/${source.kind === 'files' ? source.id : ''}`), { recursive: true });
      if (source.kind === 'csv') await write(source, new Set([`data/${source.id}.csv`]));
    },
    async insert(source, random) {
      const id = source.nextId++;
      const own = `data/${source.id}/${1 + random.below(4)}.csv`;
      const file = source.kind === 'files' ? own : `data/${source.id}.csv`;
      const row: Row = {
        id,
        amount: random.below(1000),
        note: `note ${random.below(9)}`,
        changed: ++clock,
        file,
      };
      source.rows.set(id, row);
      source.inserts++;
      source.version++;
      if (source.kind !== 'postgres') return write(source, new Set([file]));
      await client.query(`insert into ${source.id} (id, amount, note, changed) values ($1, $2, $3, $4)`, [
        ...[row.id, row.amount, row.note, row.changed],
      ]);
      await flush();
    },
    async update(source, random) {
      const before = random.of([...source.rows.values()]);
      const row = { ...before, amount: before.amount + 1, changed: ++clock };
      source.rows.set(row.id, row);
      source.version++;
      if (source.kind !== 'postgres') return write(source, new Set([row.file]));
      await client.query(`update ${source.id} set amount = $2, changed = $3 where id = $1`, [
        row.id,
        row.amount,
        row.changed,
      ]);
      await flush();
    },
    async remove(source, random) {
      const { id, file } = random.of([...source.rows.values()]);
      source.rows.delete(id);
      source.version++;
      if (source.kind !== 'postgres') return write(source, new Set([file]));
      await client.query(`delete from ${source.id} where id = $1`, [id]);
      await flush();
    },
    async widen(source, name) {
      source.extra.push(name);
      source.version++;
      if (source.kind === 'postgres') await client.query(`alter table ${source.id} add column ${name} int`);
      else await write(source, filesOf(source));
    },
    async touch(source) {
      for (const name of filesOf(source)) await utimes(fileOf(name), new Date(++clock), new Date(clock));
    },
  };
  return sources;
}

function filesOf(source: Source): Set<string> {
  if (source.kind === 'postgres') return new Set();
  if (source.kind === 'csv') return new Set([`data/${source.id}.csv`]);
  return new Set([...source.rows.values()].map(({ file }) => file));
}

function csvOf(rows: readonly Row[], { extra }: Source): string {
  const lines = rows.map(({ id, amount, note, changed }) =>
    [id, amount, note, changed, ...extra.map(() => 7)].join(),
  );
  return `${[['id', 'amount', 'note', 'changed', ...extra].join(), ...lines].join('\n')}\n`;
}
