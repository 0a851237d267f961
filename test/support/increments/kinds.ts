/**
 * `touch` changes a row and leaves its cursor as it is, `blank` makes that NULL, and `revive` writes a key
 * again that was deleted.
 */
export type Act = 'insert' | 'update' | 'touch' | 'blank' | 'delete' | 'revive';

/** A table of the source, its incremental load, and the changes that it allows without missing a row. */
export interface Kind {
  name: string;
  primaryKey: boolean;
  /** The `load` of the incremental table, as YAML in one line. */
  load: string;
  /** The condition on its rows that belong in the extract, in `where` of both tables. */
  where?: string;
  /** The `load` of the table that is read as a whole, where `load` leaves rows out. */
  whole?: string;
  /** Statements that make it, empty. Rows are written to the table of its name, or to `NAME_rows`. */
  create: readonly string[];
  /** The table that its rows are written to. */
  rows: string;
  acts: readonly Act[];
  /** The most minutes that a row may be written behind the clock. */
  oldest: number;
  /** The condition on rows that may be changed. */
  within?: string;
  /** True if its rows are selected by the clock of the server. */
  byServer?: boolean;
}

const columns = (id: string) =>
  `(id int ${id}, updated_at timestamptz, name text, amount numeric(12,2), note text)`;

const plain = (name: string) => ({
  name,
  rows: name,
  primaryKey: true,
  create: [`create table ${name} ${columns('primary key')}`],
});

/** Long enough for any row to be older than all that was read. */
const anyTime = 5000;

/** A way to load and a kind of table each; what they cannot find does not happen to them. */
export const kinds: readonly Kind[] = [
  {
    ...plain('by_keys'),
    load: '{ mode: upsert, cursor: updated_at, nulls: include, reconcile_keys: true }',
    acts: ['insert', 'update', 'touch', 'blank', 'delete', 'revive'],
    oldest: anyTime,
  },
  {
    ...plain('by_query'),
    load: '{ mode: upsert, cursor: updated_at, nulls: include, deletes: { query: select id from by_query_gone } }',
    acts: ['insert', 'update', 'touch', 'blank', 'delete', 'revive'],
    oldest: anyTime,
  },
  {
    ...plain('by_where'),
    load: '{ mode: upsert, cursor: updated_at, nulls: exclude }',
    where: 'amount is null or amount >= 0',
    whole: '(amount is null or amount >= 0) and updated_at is not null',
    acts: ['insert', 'update', 'touch', 'blank'],
    oldest: anyTime,
  },
  {
    name: 'by_tuple',
    rows: 'by_tuple',
    primaryKey: true,
    create: [
      `create table by_tuple ${columns('primary key')} partition by hash (id)`,
      'create table by_tuple_0 partition of by_tuple for values with (modulus 2, remainder 0)',
      'create table by_tuple_1 partition of by_tuple for values with (modulus 2, remainder 1)',
    ],
    load: '{ mode: upsert, cursor: [updated_at, id], nulls: include }',
    acts: ['insert', 'update', 'touch', 'blank'],
    oldest: anyTime,
  },
  {
    name: 'by_view',
    rows: 'by_view_rows',
    primaryKey: true,
    create: [
      `create table by_view_rows ${columns('primary key')}`,
      'create view by_view as select * from by_view_rows',
    ],
    load: '{ mode: upsert, cursor: updated_at, lag: 1h, nulls: include, reconcile_keys: true }',
    acts: ['insert', 'update', 'delete', 'revive'],
    oldest: 9,
  },
  {
    ...plain('added'),
    load: '{ mode: append, cursor: updated_at, nulls: include }',
    acts: ['insert'],
    oldest: anyTime,
  },
  {
    name: 'added_in_lag',
    rows: 'added_in_lag',
    primaryKey: false,
    create: [`create table added_in_lag ${columns('not null')}`],
    load: '{ mode: append, cursor: updated_at, lag: 1h, nulls: include }',
    acts: ['insert', 'update', 'touch', 'blank', 'delete'],
    oldest: 9,
    within: `updated_at > $1::timestamptz - interval '20 minutes' or updated_at is null`,
  },
  {
    name: 'in_window',
    rows: 'in_window',
    primaryKey: false,
    create: [`create table in_window ${columns('not null')}`],
    load: '{ mode: replace_window, column: updated_at, last: 3d, nulls: include }',
    acts: ['insert', 'update', 'touch', 'blank', 'delete'],
    oldest: 600,
    within: `updated_at > $1::timestamptz - interval '1 day' or updated_at is null`,
    byServer: true,
  },
];

const contract =
  '{ id: int not null, updated_at: timestamptz, name: text, amount: "numeric(12,2)", note: text }';

/** Returns a pipeline with all of them, incremental or reading everything. */
export function pipelineOf(name: string, loads: 'as they are' | 'full', source: string): string {
  const tables = kinds.map((kind) => {
    const where = loads === 'full' ? (kind.whole ?? kind.where) : kind.where;
    return `  ${kind.name}:
    from: { source: s, table: public.${kind.name}${where === undefined ? '' : `, where: "${where}"`} }
${kind.primaryKey ? '    primary_key: [id]\n' : ''}    columns: ${contract}
    load: ${loads === 'full' ? '{ mode: full }' : kind.load}
`;
  });
  return `version: 1
name: ${name}
sources:
  s: ${source}
tables:
${tables.join('')}destinations:
  - { type: file, path: ../out/${name}.hyper }
`;
}
