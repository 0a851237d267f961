import { describe, expect, test } from 'vitest';
import type { Load } from '../../src/model/config/load-mode.ts';
import { configure } from '../support/config-folder.ts';

const sources = {
  shop: '{type: postgres, host: db}',
  files: '{type: file, path: "*.csv"}',
  lake: '{type: s3, bucket: b, match: "a/*.csv", header_file: {key: h.csv}}',
};

interface Written {
  source?: keyof typeof sources;
  /** Between `from` and `load`. */
  table?: string;
  /** Of the pipeline. */
  defaults?: string;
  project?: string;
  env?: Record<string, string>;
}

const columns = `primary_key: [id]
    columns: {id: bigint not null, at: timestamptz, day: date, total: "numeric(18,2)", name: text, part: double}`;

function read(load: string, { source = 'shop', table = columns, defaults, project, env = {} }: Written = {}) {
  const from = source === 'shop' ? '{source: shop, table: t}' : `{source: ${source}}`;
  return configure(
    {
      'p.yaml': `version: 1
name: p
sources: {${source}: ${sources[source]}}
tables:
  t:
    from: ${from}
    ${table}
${load === '' ? '' : `    load: ${load}\n`}${defaults === undefined ? '' : `defaults: {tables: {load: ${defaults}}}\n`}`,
      ...(project !== undefined && {
        'extracts.yaml': `version: 1\ndefaults: {tables: {load: ${project}}}\n`,
      }),
    },
    { env },
  );
}

async function resolved(load: string, written: Written = {}): Promise<Load | undefined> {
  const { pipelines, diagnostics } = await read(load, written);
  expect(diagnostics).toEqual([]);
  return pipelines[0]?.tables[0]?.load;
}

const place = { file: 'p.yaml', pointer: '/tables/t/load' };

describe('a load that is right', () => {
  const cases: [load: string, is: Load, written?: Written][] = [
    ['', { kind: 'full' }],
    ['{}', { kind: 'full' }],
    ['{mode: full}', { kind: 'full' }],
    ['{mode: append, cursor: id}', { kind: 'cursor', mode: 'append', place, cursor: ['id'], nulls: 'error' }],
    [
      '{mode: append, cursor: [at, id], lag: 10m, nulls: exclude}',
      {
        kind: 'cursor',
        mode: 'append',
        place,
        cursor: ['at', 'id'],
        lag: { seconds: 600, shown: '10m' },
        nulls: 'exclude',
      },
    ],
    [
      '{mode: upsert, cursor: at, deletes: {query: select id from gone}, full_refresh: {every: 2w}}',
      {
        kind: 'cursor',
        mode: 'upsert',
        place,
        cursor: ['at'],
        nulls: 'error',
        deletes: {
          kind: 'query',
          sql: 'select id from gone',
          place: { file: 'p.yaml', pointer: '/tables/t/load/deletes/query' },
        },
        refresh: { every: { seconds: 1_209_600, shown: '2w' } },
      },
    ],
    [
      '{mode: upsert, cursor: total, lag: 0.5, nulls: include, reconcile_keys: true}',
      {
        kind: 'cursor',
        mode: 'upsert',
        place,
        cursor: ['total'],
        lag: { units: 0.5 },
        nulls: 'include',
        deletes: { kind: 'keys' },
      },
    ],
    [
      '{mode: append, cursor: id, lag: "${env.LAG}", reconcile_keys: false}',
      { kind: 'cursor', mode: 'append', place, cursor: ['id'], lag: { units: 1000 }, nulls: 'error' },
      { env: { LAG: '1000' } },
    ],
    [
      '{mode: append, cursor: name}',
      { kind: 'cursor', mode: 'append', place, cursor: ['name'], nulls: 'error' },
      { table: 'columns: {name: varchar(20)}' },
    ],
    [
      '{mode: replace_window, column: day, last: 36h}',
      { kind: 'window', place, column: 'day', last: { seconds: 129_600, shown: '36h' }, nulls: 'error' },
    ],
    [
      '{mode: append, by: file}',
      { kind: 'files', place, column: 'File', onVanished: 'error' },
      { source: 'files', table: 'columns: {a: int}\n    add: {Name: "${file.name}", File: "${file.path}"}' },
    ],
    [
      '{mode: append, by: file, on_vanished: delete, full_refresh: {every: 1d}}',
      {
        kind: 'files',
        place,
        column: 'Key',
        onVanished: 'delete',
        refresh: { every: { seconds: 86_400, shown: '1d' } },
      },
      {
        source: 'lake',
        table: 'columns_from: header_file\n    add: {Key: {from: "${file.key}", type: varchar(200)}}',
      },
    ],
  ];

  test.each(cases)('%s', async (load, is, written) => {
    expect(await resolved(load, written)).toEqual(is);
  });
});

describe('defaults', () => {
  const cursor = (more: object) => ({
    kind: 'cursor',
    mode: 'append',
    place,
    cursor: ['id'],
    nulls: 'error',
    ...more,
  });

  test.each<[project: string, pipeline: string, table: string, is: unknown]>([
    ['{mode: append, cursor: at, lag: 1h}', '{cursor: id}', '{lag: 5}', cursor({ lag: { units: 5 } })],
    ['{mode: append, cursor: at, lag: 1h}', '{cursor: id, lag: null}', '{nulls: error}', cursor({})],
    [
      '{nulls: include, lag: 2}',
      '{full_refresh: null}',
      '{mode: append, cursor: id}',
      cursor({ nulls: 'include', lag: { units: 2 } }),
    ],
    // Another mode has other keys.
    ['{mode: upsert, cursor: at, lag: 1h}', '{mode: append, cursor: id}', '{nulls: error}', cursor({})],
    ['{mode: replace_window, column: day, last: 7d}', '{}', '{mode: append, cursor: id}', cursor({})],
    ['{mode: append, cursor: id}', '{}', '{mode: full}', { kind: 'full' }],
    ['{mode: append, cursor: id}', '{}', '{mode: null}', { kind: 'full' }],
    ['{mode: append, cursor: id}', '{}', 'null', { kind: 'full' }],
    ['{mode: append, cursor: id}', 'null', '{}', { kind: 'full' }],
    // What a mode does not know means nothing where nobody wrote it for this table.
    ['{lag: 10m, on_vanished: keep}', '{nulls: exclude}', '{mode: full}', { kind: 'full' }],
  ])('%s, then %s, then %s', async (project, defaults, table, is) => {
    expect(await resolved(table, { project, defaults })).toEqual(is);
  });

  test('files take the place of a cursor', async () => {
    const table = 'columns: {a: int}\n    add: {File: "${file.path}"}';
    const written: Written = { source: 'files', table, defaults: '{mode: append, cursor: id, lag: 5}' };
    expect(await resolved('{mode: append, by: file}', written)).toMatchObject({ kind: 'files' });
  });

  test('a load that is only there by default has its place there', async () => {
    const written = { defaults: '{mode: upsert, cursor: at, deletes: {query: select id from gone}}' };
    expect(await resolved('', written)).toMatchObject({
      place: { pointer: '/defaults/tables/load' },
      deletes: { place: { pointer: '/defaults/tables/load/deletes/query' } },
    });
    expect(await resolved('', { project: '{mode: append, cursor: id}' })).toMatchObject({
      place: { file: 'p.yaml', pointer: '/tables/t' },
    });
  });
});

describe('what is wrong with a load, and where', () => {
  const noKey = 'columns: {id: bigint not null, at: timestamptz, part: double, json: json}';

  test.each<[load: string, pointer: string, message: string, hint?: string | undefined, written?: Written]>([
    [
      '{cursor: id, lag: 5}',
      'cursor',
      '"cursor" needs a mode: without one all rows are read each time',
      'mode: append, or mode: upsert',
    ],
    [
      '{mode: full, full_refresh: {every: 7d}}',
      'full_refresh',
      '"full_refresh" is for append, upsert and replace_window: it means nothing to mode full',
    ],
    [
      '{mode: upsert, cursor: at, last: 7d}',
      'last',
      '"last" is for replace_window: it means nothing to mode upsert',
      'did you mean "lag"?',
    ],
    [
      '{mode: upsert, column: at}',
      'column',
      '"column" is for replace_window: it means nothing to mode upsert',
      'did you mean "cursor"?',
    ],
    [
      '{mode: append, cursor: id}',
      '/defaults/tables/load/lag',
      '"t.id" is bigint: its lag is a number',
      'write it in the table, or un-set it there: lag: null',
      { defaults: '{lag: 10m}' },
    ],
    [
      '{mode: upsert, cursor: at, on_vanished: keep}',
      'on_vanished',
      '"on_vanished" is for append: it means nothing to mode upsert',
    ],
    ['{mode: append, cursor: id, on_vanished: keep}', 'on_vanished', '"on_vanished" belongs to "by: file"'],
    [
      '{mode: append}',
      'mode',
      'append needs "cursor"',
      'a column whose value is higher in every new row, for example cursor: id',
    ],
    ['{mode: append, cursor: null}', 'mode', 'append needs "cursor"', expect.any(String) as string],
    [
      '{mode: append}',
      'mode',
      'append needs "by: file"',
      'load: {mode: append, by: file}',
      { source: 'files', table: 'columns: {a: int}' },
    ],
    [
      '{mode: upsert}',
      'mode',
      'upsert needs "cursor"',
      'a column that shows what is new or changed, for example cursor: updated_at',
    ],
    [
      '{mode: upsert, cursor: at}',
      'mode',
      'upsert finds rows by primary key, and the table "t" has none',
      'add primary_key:',
      { table: noKey },
    ],
    [
      '{mode: replace_window, column: day}',
      'mode',
      'replace_window needs "last"',
      'for example column: order_date, last: 7d',
    ],
    ['{mode: append, cursor: ids}', 'cursor', 'the table "t" has no column "ids"', 'did you mean "id"?'],
    [
      '{mode: append, cursor: [at, ids]}',
      'cursor/1',
      'the table "t" has no column "ids"',
      'did you mean "id"?',
    ],
    [
      '{mode: replace_window, column: days, last: 7d}',
      'column',
      'the table "t" has no column "days"',
      'did you mean "day"?',
    ],
    [
      '{mode: append, cursor: part}',
      'cursor',
      'the column "part" is double: a cursor is a whole number, numeric, a date, a timestamp or a text',
    ],
    [
      '{mode: append, cursor: json}',
      'cursor',
      'the column "json" is json: a cursor is a whole number, numeric, a date, a timestamp or a text',
      undefined,
      { table: noKey },
    ],
    [
      '{mode: replace_window, column: id, last: 7d}',
      'column',
      'the column "id" is bigint: a window is about a date or a timestamp',
    ],
    ['{mode: append, cursor: name, lag: 5}', 'lag', '"t.name" is text: a text has no lag'],
    [
      '{mode: append, cursor: id, lag: 10m}',
      'lag',
      '"t.id" is bigint: its lag is a number',
      'without a unit, for example lag: 1000',
    ],
    [
      '{mode: append, cursor: [day, id], lag: 10}',
      'lag',
      '"t.day" is date: its lag is a length of time',
      'with a unit, for example lag: 10m',
    ],
    ['{mode: append, cursor: id, lag: 0}', 'lag', 'a lag is more than 0'],
    ['{mode: append, cursor: at, lag: 0s}', 'lag', '0s is no length of time'],
    [
      '{mode: append, cursor: at, lag: "${env.LAG}"}',
      'lag',
      '"soon" is no length of time',
      'for example 10m',
      { env: { LAG: 'soon' } },
    ],
    ['{mode: replace_window, column: day, last: 6000w}', 'last', '6000w is more than a hundred years'],
    [
      '{mode: append, cursor: id, full_refresh: {every: 59s}}',
      'full_refresh/every',
      '59s is less than a minute',
    ],
    [
      '{mode: upsert, cursor: at, deletes: {query: select 1}, reconcile_keys: true}',
      'reconcile_keys',
      '"deletes" and "reconcile_keys" exclude each other: one of them finds deleted rows',
    ],
    [
      '{deletes: {query: select 1}}',
      'deletes',
      '"deletes" and "reconcile_keys" exclude each other: one of them finds deleted rows',
      'un-set the default: reconcile_keys: null',
      { defaults: '{mode: upsert, cursor: at, reconcile_keys: true}' },
    ],
    [
      '{mode: append, cursor: id, reconcile_keys: true}',
      'reconcile_keys',
      '"reconcile_keys" finds rows by primary key, and the table "t" has none',
      'add primary_key:',
      { table: noKey },
    ],
    [
      '{mode: upsert, cursor: at, deletes: {query: "select ${secret.S}"}}',
      'deletes/query',
      '${secret.S} is a secret and may not be part of an SQL text',
      'bind it: $1 is the first of the params beside the query under from',
      { env: { S: 'hush-hush' } },
    ],
    [
      '{mode: upsert, cursor: a}',
      'mode',
      'upsert is for PostgreSQL: "files" is a source of files',
      'new files are added by load: {mode: append, by: file}',
      { source: 'files', table: 'primary_key: [a]\n    columns: {a: int not null}' },
    ],
    [
      '{mode: append, cursor: a}',
      'mode',
      'append by cursor is for PostgreSQL: "lake" is a source of files',
      'new files are added by load: {mode: append, by: file}',
      { source: 'lake', table: 'columns: {a: int}' },
    ],
    [
      '{mode: append, by: file}',
      'by',
      '"by: file" is for sources of files: "shop" is a PostgreSQL source',
      'write cursor: a column whose value is higher in every new row',
    ],
    [
      '{mode: append, by: file}',
      'by',
      '"by: file" needs a text column that is ${file.key} and nothing else: it shows which rows came from a file',
      'add: {"File Path": "${file.key}"}',
      {
        source: 'lake',
        table:
          'columns: {a: int}\n    add: {a1: "x/${file.key}", a2: {from: "${file.key}", pattern: "(.*)"}, a3: "${file.path}", a4: {from: "${file.key}", type: date}}',
      },
    ],
  ])('%s: %s', async (load, pointer, message, hint, written) => {
    const { diagnostics, pipelines } = await read(load, written);
    expect(pipelines).toEqual([]);
    const [{ place: at, ...found }] = diagnostics as [(typeof diagnostics)[0]];
    expect(diagnostics).toHaveLength(1);
    expect({ message: found.message, hint: found.hint, at: at?.pointer }).toEqual({
      message,
      hint,
      at: pointer.startsWith('/') ? pointer : `${place.pointer}/${pointer}`,
    });
  });

  test('a full refresh that would lose what was kept is warned of', async () => {
    const { diagnostics, pipelines } = await read(
      '{mode: append, by: file, on_vanished: keep, full_refresh: {every: 7d}}',
      { source: 'files', table: 'columns: {a: int}\n    add: {File: "${file.path}"}' },
    );
    expect(pipelines).toHaveLength(1);
    expect(diagnostics).toMatchObject([
      {
        code: 'EXT1087',
        severity: 'warning',
        place: { pointer: '/tables/t/load/full_refresh', part: 'key' },
      },
    ]);
  });

  test('a key that allows NULL, where rows are found by it', async () => {
    const table = 'primary_key: [id, region]\n    columns: {id: bigint, region: {type: text}, at: date}';
    for (const mode of ['append', 'upsert']) {
      const { diagnostics } = await read(`{mode: ${mode}, cursor: at}`, { table });
      expect(diagnostics).toMatchObject([
        {
          code: 'EXT1079',
          message: `${mode} finds rows by primary key, and "id" allows NULL: such rows are never found again`,
          hint: 'write bigint not null',
          place: { pointer: '/tables/t/columns/id' },
        },
        { hint: 'write text not null', place: { pointer: '/tables/t/columns/region' } },
      ]);
    }
  });

  test('a part of another shape is reported once', async () => {
    for (const [load, message] of [
      [
        '{mode: upsrt, cursor: id}',
        '"mode" must be full, append, upsert or replace_window, not the text "upsrt"',
      ],
      ['{mode: append, cursor: 5}', '"cursor" must be text or a list, not the number 5'],
      ['{mode: append, by: files}', '"by" must be file, not the text "files"'],
      ['{mode: replace_window, column: day, last: 7}', '"last" must be text, not the number 7'],
      [
        '{mode: append, cursor: id, lag: a bit}',
        '"lag" must be a number, or one with a unit: 30s, 10m, 36h, 7d or 2w, not the text "a bit"',
      ],
      ['{mode: upsert, cursor: at, deletes: select 1}', '"deletes" must be a map, not the text "select 1"'],
      ['[append]', '"load" must be a map, not a list'],
    ] as const) {
      const { diagnostics } = await read(load);
      expect(diagnostics.map((one) => one.message)).toEqual([message]);
    }
  });

  test('defaults that do not go with each other', async () => {
    const { diagnostics } = await read('', { defaults: '{mode: full, cursor: id}' });
    expect(diagnostics).toMatchObject([
      {
        message: '"cursor" is for append and upsert: it means nothing to mode full',
        place: { pointer: '/defaults/tables/load/cursor' },
      },
    ]);
    const shared = await read('{mode: full}', { project: '{mode: append, by: file, lag: 5}' });
    expect(shared.diagnostics).toMatchObject([
      {
        message: '"lag" belongs to a cursor: it means nothing beside "by: file"',
        place: { file: 'extracts.yaml', pointer: '/defaults/tables/load/lag' },
      },
    ]);
  });
});

test('offline, what a reference will give is anything', async () => {
  const load = '{mode: append, cursor: "${env.A}", lag: "${env.B}", full_refresh: {every: "${env.C}"}}';
  const { diagnostics, pipelines } = await configure(
    {
      'p.yaml': `version: 1
name: p
sources: {shop: {type: postgres, host: db}}
tables: {t: {from: {source: shop, table: t}, columns: {a: int}, load: ${load}}}
`,
    },
    { unsetVariables: 'warning' },
  );
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
  expect(pipelines).toHaveLength(1);
});
