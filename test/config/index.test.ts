import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

/** A pipeline of one table, with more lines at its end. */
const pipeline = (name: string, more = '') => `version: 1
name: ${name}
sources:
  shop: {type: postgres, host: db}
tables:
  t: {from: {source: shop, table: t}, columns: {a: int}}
${more}`;

describe('a pipeline as the program uses it', () => {
  test('every part of it', async () => {
    const { pipelines, diagnostics, folder } = await configure(
      {
        'pipelines/shop.yaml': `version: 1
name: shop
description: All of it
tags: [sales]
x-where: &where "day > '2020-01-01'"
sources:
  shop:
    type: postgres
    url: postgres://db/shop
    port: \${env.PORT}
    ssl: {mode: verify-full, ca: certs/ca.pem}
  files: {type: file, path: data/*.csv, exclude: "*_old.csv", format: {delimiter: ";", header: false, null: [NA, ""]}}
tables:
  orders:
    from: {source: shop, table: 'public."or.ders"', where: *where}
    primary_key: [Id]
    on_infinite: null
    columns:
      Id: {type: int not null, from: id}
      "2024": numeric(18,2)
      Day: {type: date, on_infinite: error}
      Seen: timestamptz
      Name: {type: text, expr: upper(name), description: Loud}
  lines:
    from: {source: files}
    columns: {order: int}
    add: {File Path: "\${file.path}"}
relationships: [{from: lines.order, to: orders.Id}]
destinations: [{type: file, path: ../dist/shop.hyper}]
`,
      },
      { env: { PORT: '6543' } },
    );
    expect(diagnostics).toEqual([]);
    const [shop] = pipelines;
    expect(shop).toMatchObject({
      address: 'shop',
      description: 'All of it',
      tags: ['sales'],
      place: { file: 'pipelines/shop.yaml', pointer: '' },
      sources: {
        shop: {
          type: 'postgres',
          url: 'postgres://db/shop',
          port: 6543,
          ssl: { mode: 'verify-full', ca: join(folder, 'pipelines/certs/ca.pem') },
        },
        files: {
          type: 'file',
          match: ['data/*.csv'],
          base: join(folder, 'pipelines'),
          exclude: ['*_old.csv'],
          minFiles: 1,
          format: {
            type: 'csv',
            delimiter: ';',
            quote: '"',
            escape: '"',
            header: false,
            nulls: ['NA', ''],
            encoding: 'utf-8',
            dateOrder: 'MDY',
            compression: 'by-name',
          },
        },
      },
      relationships: [
        { from: { table: 'lines', columns: ['order'] }, to: { table: 'orders', columns: ['Id'] } },
      ],
      extract: { schema: 'Extract', version: 3, file: join(folder, 'build/shop.hyper') },
      destinations: [{ type: 'file', shown: '../dist/shop.hyper', path: join(folder, 'dist/shop.hyper') }],
    });
    expect(shop?.tables[0]).toMatchObject({
      name: 'orders',
      source: 'shop',
      from: { relation: { schema: 'public', name: 'or.ders' }, where: "day > '2020-01-01'", params: [] },
      primaryKey: ['Id'],
      load: { kind: 'full' },
      columns: [
        { name: 'Id', notNull: true, origin: { kind: 'column', name: 'id' }, onInfinite: 'null' },
        { name: '2024', type: { kind: 'numeric', precision: 18, scale: 2 }, notNull: false },
        { name: 'Day', onInfinite: 'error' },
        { name: 'Seen', onInfinite: 'null', place: { pointer: '/tables/orders/columns/Seen' } },
        { name: 'Name', origin: { kind: 'expression', sql: 'upper(name)' }, description: 'Loud' },
      ],
    });
    expect(shop?.tables[1]?.columns[1]).toMatchObject({
      name: 'File Path',
      type: { kind: 'text' },
      origin: { kind: 'file', template: '${file.path}' },
    });
  });

  test('what is shown of params has no secret', async () => {
    const { pipelines, secrets } = await configure(
      {
        'p.yaml': `version: 1
name: p
sources: {shop: {type: postgres, host: db, password: plainly}}
tables:
  t:
    from: {source: shop, query: select 1, params: ["\${secret.KEY}", "\${env.STAGE}", 7, null]}
    columns: {a: int}
`,
      },
      { env: { KEY: 'hush', STAGE: 'dev' } },
    );
    expect(pipelines[0]?.tables[0]?.from).toMatchObject({
      params: [
        { value: 'hush', shown: '${secret.KEY}' },
        { value: 'dev', shown: 'dev' },
        { value: 7, shown: '7' },
        { value: null, shown: 'null' },
      ],
    });
    expect(new Set(secrets)).toEqual(new Set(['hush', 'plainly']));
  });
});

describe('defaults', () => {
  test('built in < project < pipeline < the thing itself; null un-sets', async () => {
    const { pipelines, diagnostics, folder } = await configure({
      'extracts.yaml': `version: 1
defaults:
  extract: {schema: project, version: 2}
  tables: {on_infinite: null}
  sources:
    postgres: {ssl: {mode: verify-ca, ca: ca.pem}, user: everyone}
    file: {format: {delimiter: ";", encoding: latin1}, exclude: old/**}
`,
      'deep/p.yaml': `version: 1
name: p
defaults:
  extract: {schema: pipeline}
  sources: {file: {format: {encoding: null}}}
sources:
  shop: {type: postgres, host: db, user: me}
  bare: {type: postgres, host: db, ssl: null}
  csv: {type: file, path: a.csv, exclude: null}
  parquet: {type: file, path: a.parquet}
tables:
  a: {from: {source: shop, table: a}, columns: {x: date}}
  b: {from: {source: bare, table: b}, columns: {x: date}, on_infinite: error}
  c: {from: {source: csv}, columns: {x: date}}
  d: {from: {source: parquet}, columns: {x: date}}
`,
    });
    expect(diagnostics).toEqual([]);
    const { sources, tables, extract } = pipelines[0]!;
    expect(extract).toMatchObject({ schema: 'pipeline', version: 2, file: join(folder, 'build/p.hyper') });
    expect(sources.shop).toMatchObject({
      user: 'me',
      ssl: { mode: 'verify-ca', ca: join(folder, 'ca.pem') },
    });
    expect(sources.bare).toMatchObject({ user: 'everyone' });
    expect(sources.bare).not.toHaveProperty('ssl');
    expect(sources.csv).toMatchObject({ exclude: [], format: { delimiter: ';', encoding: 'utf-8' } });
    expect(sources.parquet).toMatchObject({ exclude: ['old/**'], format: { type: 'parquet' } });
    expect(tables.map(({ columns }) => columns[0]?.onInfinite)).toEqual(['null', 'error', 'null', 'null']);
  });
});

describe('the project', () => {
  const uses = `version: 1
name: uses
sources: {shop: {connection: shop}, lake: {connection: files}}
tables:
  t: {from: {source: shop, table: t}, columns: {a: int}}
  u: {from: {source: lake}, columns: {a: int}}
destinations: [{use: share}, {use: share, path: own.hyper}]
`;
  const project = `version: 1
connections:
  shop: {type: postgres, url: "\${secret.SHOP_PG_URL}"}
  files: {type: file, path: data/*.parquet}
  unused: {type: postgres, url: "\${secret.NOBODY_SETS_THIS}"}
destinations: {share: {type: file, path: out/share.hyper}}
state: {type: file, path: kept}
limits: {parallel: "\${env.PARALLEL}", memory: 1.5GiB}
`;

  test('gives connections, destinations, state and limits; its paths are its own', async () => {
    const {
      pipelines,
      project: settings,
      diagnostics,
      folder,
      secrets,
    } = await configure(
      { 'extracts.yaml': project, 'a/b/uses.yaml': uses },
      { paths: ['a/b'], env: { SHOP_PG_URL: 'postgres://u:p%40ss@db/shop', PARALLEL: '2' } },
    );
    expect(diagnostics).toEqual([]);
    expect(settings).toEqual({
      root: folder,
      state: { type: 'file', path: join(folder, 'kept') },
      limits: { parallel: 2, uploads: 4, serverJobs: 20, connections: 10, memory: 1.5 * 2 ** 30 },
      policy: {},
    });
    expect(pipelines[0]?.sources).toMatchObject({
      shop: { url: 'postgres://u:p%40ss@db/shop', place: { pointer: '/sources/shop' } },
      lake: { base: folder },
    });
    expect(pipelines[0]?.destinations.map((one) => one.type === 'file' && one.path)).toEqual([
      join(folder, 'out/share.hyper'),
      join(folder, 'a/b/own.hyper'),
    ]);
    expect(new Set(secrets)).toEqual(new Set(['postgres://u:p%40ss@db/shop', 'p%40ss', 'p@ss']));
  });

  test('a Tableau destination of extracts.yaml, with what the pipeline says beside use', async () => {
    const project = `version: 1
destinations:
  tableau:
    type: tableau
    server: https://tableau.example.com/
    site: acme
    auth: {token_name: ci, token_secret: "\${secret.TOKEN}"}
    ca: certs/ca.pem
    chunk_size: 16MiB
`;
    const uses = `version: 1
name: uses
sources: {people: {type: file, path: people.csv}}
tables: {people: {from: {source: people}, primary_key: [id], columns: {id: int not null}}}
destinations:
  - {use: tableau, project: 'Sales/A\\/B', name: People, keep: [tags]}
  - {use: tableau, project: [Sales, A/C], method: update, action: upsert}
  - {use: tableau, project: {id: abc}, mode: append, certified: false}
`;
    const { pipelines, diagnostics, secrets, folder } = await configure(
      { 'extracts.yaml': project, 'a/uses.yaml': uses },
      { paths: ['a'], env: { TOKEN: 'hush-hush' } },
    );
    expect(diagnostics).toEqual([]);
    expect(secrets).toContain('hush-hush');
    const connection = {
      server: 'https://tableau.example.com',
      site: 'acme',
      auth: { kind: 'token', name: 'ci', secret: 'hush-hush' },
      ca: join(folder, 'certs/ca.pem'),
      allowInsecure: false,
      timeout: 600,
    };
    expect(pipelines[0]?.destinations).toMatchObject([
      {
        shown: 'Sales/A\\/B "People" (acme on tableau.example.com)',
        connection,
        project: { kind: 'path', path: ['Sales', 'A/B'] },
        delivery: { method: 'publish', mode: 'overwrite' },
        keep: ['tags'],
        chunkSize: 16 * 2 ** 20,
        singleBelow: 64 * 2 ** 20,
      },
      {
        name: 'uses',
        project: { kind: 'path', path: ['Sales', 'A/C'] },
        delivery: {
          method: 'update',
          action: 'upsert',
          tables: [{ schema: 'Extract', name: 'people', key: ['id'] }],
        },
      },
      {
        project: { kind: 'id', id: 'abc' },
        delivery: { mode: 'append' },
        certification: { certified: false },
      },
    ]);
  });

  test('without a file there are defaults', async () => {
    const { project: settings, folder } = await configure({ 'p.yaml': pipeline('p') });
    expect(settings).toEqual({
      root: folder,
      state: { type: 'file', path: join(folder, '.extracts/state'), isDefault: true },
      limits: { parallel: 4, uploads: 4, serverJobs: 20, connections: 10 },
      policy: {},
    });
  });

  test('a broken one is reported once, and no pipeline is run with half of it', async () => {
    const broken = project
      .replace('type: file, path: data', 'tipe: file, path: data')
      .replace('1.5GiB', 'lots');
    const { pipelines, diagnostics } = await configure(
      { 'extracts.yaml': broken, 'uses.yaml': uses },
      { env: { SHOP_PG_URL: 'postgres://db', PARALLEL: '0' } },
    );
    expect(diagnostics.map(({ code, place }) => `${code} ${place?.file} ${place?.pointer}`)).toEqual([
      'EXT1002 extracts.yaml /connections/files/tipe',
      'EXT1024 extracts.yaml /limits/parallel',
      'EXT1024 extracts.yaml /limits/memory',
    ]);
    expect(pipelines).toEqual([]);
  });
});

describe('several files', () => {
  test('one that is wrong leaves the others alone', async () => {
    const { pipelines, diagnostics } = await configure({
      'a.yaml': pipeline('a'),
      'b.yaml': pipeline('b', 'nonsense: 1\n'),
      'c.yml': pipeline('c'),
      'd.yaml': 'a: [',
    });
    expect(pipelines.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(diagnostics.map(({ place }) => place?.file)).toEqual(['d.yaml', 'b.yaml']);
  });

  test('lines can be asked for, also later', async () => {
    const { locate, lineOf } = await configure({ 'a.yaml': pipeline('a').replaceAll('\n', '\r\n') });
    const place = { file: 'a.yaml', pointer: '/tables/t/from/table' };
    expect(locate(place)).toEqual({ line: 6, column: 35, length: 1 });
    expect(lineOf('a.yaml', 2)).toBe('name: a');
    expect(lineOf('a.yaml', 99)).toBeUndefined();
    expect(locate({ file: 'other.yaml', pointer: '' })).toBeUndefined();
  });
});

test('offline, unset variables are warnings and the pipeline still resolves', async () => {
  const { pipelines, diagnostics } = await configure(
    {
      'p.yaml': `version: 1
name: p
sources:
  shop: {type: postgres, url: "\${secret.URL}", port: "\${env.PORT}"}
  files: {type: file, path: "\${env.DIR}", format: {delimiter: "\${env.D}", encoding: "\${env.E}"}}
tables: {t: {from: {source: shop, table: t}, columns: {a: int}}}
destinations: [{type: file, path: "\${env.OUT}"}]
`,
    },
    { unsetVariables: 'warning' },
  );
  expect(diagnostics.map(({ severity }) => severity)).toEqual(Array(6).fill('warning'));
  expect(pipelines).toHaveLength(1);
  expect(pipelines[0]?.sources.shop).not.toHaveProperty('port');
});

test('an error that an alias repeats is reported once', async () => {
  const { diagnostics } = await configure({
    'p.yaml': `version: 1
name: p
sources: {shop: {type: postgres, host: db}}
x-columns: &columns {a: itn}
tables:
  t: {from: {source: shop, table: t}, columns: *columns}
  u: {from: {source: shop, table: u}, columns: *columns}
`,
  });
  expect(diagnostics).toHaveLength(1);
});

test('offline, an amount that a check takes from outside is any', async () => {
  const { diagnostics, pipelines } = await configure(
    {
      'p.yaml': `version: 1
name: p
sources: {shop: {type: postgres, host: db}}
tables:
  t:
    from: {source: shop, table: t}
    columns: {d: date}
    checks: [{freshness: {column: d, max_age: "\${env.A}"}}, {row_count: {max_change: "\${env.B}"}}]
`,
    },
    { unsetVariables: 'warning' },
  );
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
  expect(pipelines).toHaveLength(1);
});

test('what another file still has cannot have moved', async () => {
  const { diagnostics } = await configure({
    'north.yaml': pipeline('north'),
    'arctic.yaml': pipeline('arctic', 'moved: [{from: north, to: arctic}, {from: south, to: arctic}]\n'),
  });
  expect(diagnostics).toMatchObject([
    {
      code: 'EXT1066',
      message: 'north is still there (north.yaml)',
      place: { file: 'arctic.yaml', pointer: '/moved/0/from' },
    },
  ]);
});
