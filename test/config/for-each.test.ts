import { expect, onTestFinished, test } from 'vitest';
import { configFolder, configure } from '../support/config-folder.ts';

const family = (forEach: string, more = '', name = 'tenant_sales') => `version: 1
name: ${name}
for_each: ${forEach}
sources: {shop: {type: postgres, host: db}}
tables:
  orders:
    from: {source: shop, query: select * from orders where tenant_id = $1, params: ["\${each.id}"]}
    columns: {order_id: int}
${more}`;

const told = ({ diagnostics, locate }: Awaited<ReturnType<typeof configure>>) =>
  diagnostics.map(({ code, message, place }) => {
    const { line = 0 } = (place && locate(place)) ?? {};
    return `${place?.file ?? ''}:${line} ${code} ${message}`;
  });

test('one pipeline for each item, with its values in it', async () => {
  const configuration = await configure({
    'p.yaml': family(
      '{items: {acme: {id: 1, region: EMEA}, initech: {id: 2, region: null, vip: true}}}',
      'destinations: [{type: file, path: "dist/${each.key}.hyper"}]\n',
    ),
  });
  const { pipelines, families, folder } = configuration;
  expect(told(configuration)).toEqual([]);
  expect(pipelines).toMatchObject([
    {
      address: 'tenant_sales[acme]',
      name: 'tenant_sales',
      key: 'acme',
      extract: { file: `${folder}/build/tenant_sales/acme.hyper`, shown: 'build/tenant_sales/acme.hyper' },
      destinations: [{ path: `${folder}/dist/acme.hyper` }],
    },
    { address: 'tenant_sales[initech]', tables: [{ from: { params: [{ value: '2', shown: '2' }] } }] },
  ]);
  expect(families).toEqual([
    {
      name: 'tenant_sales',
      place: { file: 'p.yaml', pointer: '' },
      addresses: ['tenant_sales[acme]', 'tenant_sales[initech]'],
      onRemoved: 'forget',
      unmoved: [],
    },
  ]);
});

test('an item continues from the record of another key; others of its family do not', async () => {
  const moved = `moved:
  - {from: "tenant_sales[acme]", to: "tenant_sales[acme_corp]"}
  - {from: "sales", to: "tenant_sales"}
`;
  const configuration = await configure({
    'p.yaml': family('{items: {acme_corp: {id: 1}, initech: {id: 2}}}', moved),
  });
  expect(told(configuration)).toEqual([]);
  const from = configuration.pipelines.map((pipeline) =>
    pipeline.moved.map((move) => (move.kind === 'pipeline' ? move.from : move.kind)),
  );
  expect(from).toEqual([['tenant_sales[acme]', 'sales[acme_corp]'], ['sales[initech]']]);
});

test('of moved items both keys are held against the list', async () => {
  const moved = (...lines: string[]) => `moved:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
  const mistyped = '{from: "tenant_sales[was]", to: "tenant_sales[acne]"}';
  const wrong = moved(
    '{from: "tenant_sales[a]", to: "tenant_sales[b]"}',
    mistyped,
    '{from: "tenant_sales[", to: "tenant_sales[a]"}',
    '{from: "x", to: "other[a]"}',
  );
  const items = '{items: {a: {id: 1}, b: {id: 2}}}';
  expect(told(await configure({ 'p.yaml': family(items, wrong) }))).toEqual([
    'p.yaml:11 EXT1066 tenant_sales[acne] is not in the list',
    'p.yaml:10 EXT1066 tenant_sales[a] is still in the list',
    'p.yaml:12 EXT1066 tenant_sales[ is no name of a pipeline or an item',
    'p.yaml:13 EXT1066 there is no other[a]',
  ]);
  const { diagnostics, families } = await configure({ 'p.yaml': family(items, moved(mistyped)) });
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
  expect(families[0]?.unmoved).toEqual(['tenant_sales[was]']);
});

test.each([
  ['tenants.csv', 'key,id,"re""gion"\r\nacme,1,"a, b"\r\n\r\nb-c,2,"two\nlines"\n'],
  ['tenants.json', '[{"key": "acme", "id": 1}, {"key": "b-c", "id": "2"}]'],
  ['tenants.json', '{"acme": {"id": 1}, "b-c": {"id": 2}}'],
])('items of %s', async (name, text) => {
  const configuration = await configure({
    'pipelines/p.yaml': family(`{file: ${name}}`),
    [`pipelines/${name}`]: text,
  });
  expect(told(configuration)).toEqual([]);
  expect(configuration.pipelines.map(({ address, tables }) => [address, tables[0]?.from])).toMatchObject([
    ['tenant_sales[acme]', { params: [{ value: '1' }] }],
    ['tenant_sales[b-c]', { params: [{ value: '2' }] }],
  ]);
});

test('a file of items is where it says: beside the pipeline, or at its absolute path', async () => {
  const folder = configFolder({ 'tenants.csv': 'slug\nacme\n' });
  const elsewhere = `${folder}/tenants.csv`;
  const configuration = await configure({ 'pipelines/p.yaml': family(`{file: ${elsewhere}}`) });
  expect(told(configuration)).toEqual([`${elsewhere}:1 EXT1081 there is no column "key"`]);
});

test.each([
  ['{}', ['p.yaml:3 EXT1080 for_each has no items']],
  ['{items: [a], file: x.csv}', ['p.yaml:3 EXT1080 for_each has both items and file']],
  ['{items: {}}', ['p.yaml:3 EXT1082 the list has no item']],
  ['{items: [a, b, c], max: 2}', ['p.yaml:3 EXT1082 3 items, where for_each allows 2']],
  ['{items: [a], min: 2}', ['p.yaml:3 EXT1082 1 item, where for_each wants at least 2']],
  [
    '{items: [a, ../b, a, "", .x, x.]}',
    [
      'p.yaml:3 EXT1081 item 2: "../b" is not a key: it becomes part of addresses and file names',
      'p.yaml:3 EXT1081 item 3: the key "a" is there already (item 1)',
      'p.yaml:3 EXT1081 item 4: it has no key',
      'p.yaml:3 EXT1081 item 5: ".x" is not a key: it becomes part of addresses and file names',
      'p.yaml:3 EXT1081 item 6: "x." is not a key: it becomes part of addresses and file names',
    ],
  ],
  ['{items: [1]}', ['p.yaml:3 EXT1004 item 1 of "items" must be text, not the number 1']],
  ['[acme]', ['p.yaml:3 EXT1004 "for_each" must be a map, not a list']],
  [
    '{items: {a: {id: 12345678901234567890}}}',
    ['p.yaml:3 EXT1081 "a": "id" has more digits than a number keeps'],
  ],
  ['{query: {source: shopp, sql: select 1}}', ['p.yaml:3 EXT1031 there is no source "shopp"']],
  [
    '{query: {source: shop, sql: "select ${each.id}"}}',
    ['p.yaml:3 EXT1084 ${each.id} comes from for_each and cannot be used in it'],
  ],
  ['{file: tenants.xls}', ['p.yaml:3 EXT1083 "tenants.xls" is neither .csv nor .json']],
  ['{file: none.csv}', ['p.yaml:3 EXT1083 cannot read none.csv (ENOENT)']],
])('%s is refused', async (forEach, said) => {
  expect(told(await configure({ 'p.yaml': family(forEach) }))).toEqual(said);
});

const file = async (name: string, text: string) =>
  told(await configure({ 'pipelines/p.yaml': family(`{file: ${name}}`), [`pipelines/${name}`]: text }));

test('an error in a file of items is reported at its line', async () => {
  expect(await file('t.csv', 'slug,id\nacme,1\n')).toEqual([
    'pipelines/t.csv:1 EXT1081 there is no column "key"',
  ]);
  expect(await file('t.csv', 'key,id,id\nacme,1,2\n')).toEqual([
    'pipelines/t.csv:1 EXT1083 the header names "id" twice',
  ]);
  expect(await file('t.csv', 'key,id\n"ac\nme",1\nb,2,3\n')).toEqual([
    'pipelines/t.csv:4 EXT1083 3 fields, where the header names 2',
  ]);
  expect(await file('t.csv', 'key,id\n"ac\nme",1\nb c,2\nd,1\nd,2\n,1\n')).toEqual([
    'pipelines/t.csv:2 EXT1081 line 2: "ac\\u000ame" is not a key: it becomes part of addresses and file names',
    'pipelines/t.csv:4 EXT1081 line 4: "b c" is not a key: it becomes part of addresses and file names',
    'pipelines/t.csv:6 EXT1081 line 6: the key "d" is there already (line 5)',
    'pipelines/t.csv:7 EXT1081 line 7: it has no key',
  ]);
  expect(await file('t.csv', 'key,id\na,"1\n')).toEqual([
    'pipelines/t.csv:2 EXT1083 a quote has no end, or text follows it',
  ]);
  expect(await file('t.csv', '')).toEqual(['pipelines/t.csv:1 EXT1081 there is no column "key"']);
  expect(await file('t.csv', 'key,id\n')).toEqual(['pipelines/p.yaml:3 EXT1082 the list has no item']);
  expect(await file('t.json', '[{"key": "a", "id": {}},\n{"id": 1}, 5]')).toEqual([
    'pipelines/t.json:2 EXT1083 item 3 is no object',
  ]);
  expect(await file('t.json', '[{"key": "a", "id": {}},\n{"id": 1}]')).toEqual([
    'pipelines/t.json:1 EXT1081 item 1: "id" is no text, number, true or false',
    'pipelines/t.json:2 EXT1081 item 2: it has no key',
  ]);
  expect(await file('t.json', '"a"')).toEqual([
    'pipelines/t.json:1 EXT1083 the file holds neither a list nor an object',
  ]);
});

const values = async (items: string, part: string, shop = '{type: postgres, host: db}') =>
  told(
    await configure({
      'p.yaml': `version: 1
name: t
for_each: {items: ${items}}
sources: {shop: ${shop}}
${part}
`,
    }),
  );
const tables = 'tables: {t: {from: {source: shop, table: t}, columns: {a: int}}}';

test.each([
  'from: {source: shop, query: "select ${each.id}"}, columns: {a: int}',
  'from: {source: shop, table: t, where: "a = ${each.id}"}, columns: {a: int}',
  'from: {source: shop, table: t, change_detection: {sql: "select ${each.id}"}}, columns: {a: int}',
  'from: {source: shop, table: t}, columns: {a: {type: int, expr: "${each.id}"}}',
  'from: {source: shop, table: t}, columns: {a: int}, checks: [{sql: {name: x, query: "select ${each.id}", expect: 0}}]',
])('no value becomes a part of SQL: %s', async (table) => {
  expect(await values('{a: {id: 1}, b: {id: 2}}', `tables: {t: {${table}}}`)).toEqual([
    'p.yaml:5 EXT1086 ${each.id} may not be part of an SQL text',
  ]);
});

test.each([
  [
    '{type: file, path: "d/${each.x}/${each.key}.hyper"}',
    'a/b',
    'a path takes no value with a slash, a backslash or ..',
  ],
  [
    '{type: file, path: "d/${each.x}/${each.key}.hyper"}',
    '..',
    'a path takes no value with a slash, a backslash or ..',
  ],
  ['{type: file, path: "d/.${each.x}/${each.key}.hyper"}', '.', 'a path takes no value that is a dot alone'],
  ['{type: file, path: "d/${each.x}/${each.key}.hyper"}', '', 'a path takes no empty value'],
  ['{type: file, path: "d/${each.x}/${each.key}.hyper"}', 'a\u0007', 'a path takes no control characters'],
])('a value is safe where it stands: %s with %j', async (destination, value, why) => {
  const items = JSON.stringify({ a: { x: 'fine' }, b: { x: value } });
  expect(await values(items, `${tables}\ndestinations: [${destination}]`)).toEqual([
    `p.yaml:6 EXT1085 \${each.x} of t[b] is ${JSON.stringify(value)}: ${why}`,
  ]);
});

const session = (options: string) => `{type: postgres, host: db, options: ${JSON.stringify(options)}}`;

test.each(['sales -c row_security=off', 'sales\\', 'a\tb', 'a\u0000'])(
  'a value adds no option to a session: %j',
  async (schema) => {
    const items = JSON.stringify({ a: { schema: 'sales' }, b: { schema } });
    expect(await values(items, tables, session('-c search_path=${each.schema}'))).toEqual([
      expect.stringMatching(
        /EXT1085 \$\{each\.schema\} of t\[b\] is .*: (?:options take no value with a blank or a backslash, which could add an option|a text cannot contain a zero byte)$/,
      ),
    ]);
  },
);

test('options that are one value may have several', async () => {
  const items = JSON.stringify({
    a: { options: '-c search_path=a\\ b -c work_mem=1MB' },
    b: { options: '' },
  });
  expect(await values(items, tables, session('${each.options}'))).toEqual([]);
});

test('no message has a control character of a key or a value as it is', async () => {
  const items = JSON.stringify({ a: { x: 'a\u007f\u001b[2J' } });
  const path = 'destinations: [{type: file, path: "d/${each.x}/${each.key}.hyper"}]';
  expect(await values(items, `${tables}\n${path}`)).toEqual([
    'p.yaml:6 EXT1085 ${each.x} of t[a] is "a\\u007f\\u001b[2J": a path takes no control characters',
  ]);
  expect(await values('["a\\x7f"]', tables)).toEqual([
    'p.yaml:3 EXT1081 item 1: "a\\u007f" is not a key: it becomes part of addresses and file names',
  ]);
});

test('other places have their own rules', async () => {
  expect(
    await values(
      '{a: {x: b.c}}',
      'tables: {t: {from: {source: shop, table: "s.${each.x}"}, columns: {a: int}}}',
    ),
  ).toEqual([
    'p.yaml:5 EXT1085 ${each.x} of t[a] is "b.c": the name of a table takes no value with a dot or a double quote',
  ]);
  expect(await values('{a: {x: null}}', `${tables}\ndescription: "\${each.x}"`)).toEqual([
    'p.yaml:6 EXT1085 ${each.x} of t[a] is NULL',
  ]);
  expect(await values('{a: {region: 1}}', `${tables}\ndescription: "\${each.regoin}"`)).toEqual([
    'p.yaml:6 EXT1084 t[a] has no value "regoin"',
  ]);
  expect(
    told(
      await configure({
        'p.yaml': `version: 1\nname: t\nsources: {shop: {type: postgres, host: "\${each.x}"}}\n${tables}\n`,
      }),
    ),
  ).toEqual(['p.yaml:3 EXT1084 ${each.x} is only known in a pipeline with for_each']);
});

test('an error of many items is reported for three', async () => {
  const items = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, { x: '/' }]));
  expect(
    await values(
      JSON.stringify(items),
      `${tables}\ndestinations: [{type: file, path: "\${each.x}/\${each.key}.hyper"}]`,
    ),
  ).toEqual([
    ...[0, 1, 2].map(
      (n) =>
        `p.yaml:6 EXT1085 \${each.x} of t[k${n}] is "/": a path takes no value with a slash, a backslash or ..`,
    ),
    'p.yaml:6 EXT1085 and 17 more items like that',
  ]);
});

test('items that write the same are found', async () => {
  expect(await values('[a, b]', `${tables}\ndestinations: [{type: file, path: x.hyper}]`)).toEqual([
    'p.yaml:6 EXT1061 x.hyper is also the destination of "t[a]" (p.yaml)',
  ]);
  expect(await values('[a, b]', `${tables}\nextract: {file: x.hyper}`)).toEqual([
    'p.yaml:6 EXT1062 x.hyper is also the extract of "t[a]" (p.yaml)',
  ]);
});

test('a family whose items come from a source is checked before, and resolved when they are known', async () => {
  const configuration = await configure({
    'p.yaml': family(
      '{query: {source: shop, sql: select 1}}',
      'destinations: [{type: file, path: "d/${each.region}/${each.key}.hyper"}]\n',
    ),
  });
  expect(told(configuration)).toEqual([]);
  expect(configuration.pipelines).toMatchObject([{ address: 'tenant_sales[${each.key}]' }]);
  expect(configuration.asked).toMatchObject([
    { name: 'tenant_sales', question: { kind: 'query', sql: 'select 1' }, max: 1000 },
  ]);
  const answer = (columns: string[], ...rows: (string | null)[][]) =>
    configuration.withItems(new Map([['tenant_sales', { columns, rows }]]));

  const whole = answer(
    ['id', 'key', 'region'],
    ['2', 'b', 'EU'],
    ['1', 'a', 'US'],
    ['3', 'c', '..'],
    ['4', 'd', null],
  );
  expect(whole.diagnostics).toEqual([]);
  expect(whole.pipelines.map(({ address }) => address)).toEqual(['tenant_sales[a]', 'tenant_sales[b]']);
  expect(
    whole.blocked.map(({ address, problems }) => [address, ...problems.map(({ message }) => message)]),
  ).toEqual([
    [
      'tenant_sales[c]',
      '${each.region} of tenant_sales[c] is "..": a path takes no value with a slash, a backslash or ..',
    ],
    ['tenant_sales[d]', '${each.region} of tenant_sales[d] is NULL'],
  ]);
  expect(whole.families[0]?.addresses).toHaveLength(4);

  const refused = (...given: Parameters<typeof answer>) =>
    answer(...given).blocked.map(({ address, problems }) => [
      address,
      ...problems.map(({ message }) => message),
    ]);
  expect(refused(['slug'], ['a'])).toEqual([['tenant_sales', 'the query has no column "key"']]);
  expect(refused(['key', 'key'], ['a', 'b'])).toEqual([['tenant_sales', 'the query has two columns "key"']]);
  expect(refused(['key'])).toEqual([['tenant_sales', 'the list has no item']]);
  expect(refused(['key'], ['a'], [null], ['a'])).toEqual([
    ['tenant_sales', 'row 2: its key is NULL', 'row 3: the key "a" is there already (row 1)'],
  ]);
});

test('wrong items from a source do not block other pipelines', async () => {
  const configuration = await configure({
    'p.yaml': family(
      '{query: {source: shop, sql: select 1}}',
      'destinations: [{type: file, path: "d/${each.name}"}]\n',
    ),
    'q.yaml': `version: 1
name: other
sources: {shop: {type: postgres, host: db}}
${tables}
destinations: [{type: file, path: d/taken.hyper}]
`,
  });
  const answer = (...names: string[]) => {
    const rows = names.map((name, index) => [`k${index}`, '1', name]);
    const { pipelines, blocked, diagnostics } = configuration.withItems(
      new Map([['tenant_sales', { columns: ['key', 'id', 'name'], rows }]]),
    );
    expect(diagnostics).toEqual([]);
    return {
      pipelines: pipelines.map(({ address }) => address),
      blocked: blocked.map(({ address, problems }) => [address, ...problems.map(({ message }) => message)]),
    };
  };
  expect(answer('a.hyper', 'b.csv')).toEqual({
    pipelines: ['tenant_sales[k0]', 'other'],
    blocked: [['tenant_sales[k1]', '"d/b.csv" does not end in .hyper']],
  });
  expect(answer('a.hyper', 'a.hyper')).toEqual({
    pipelines: ['other'],
    blocked: [['tenant_sales', 'd/a.hyper is also the destination of "tenant_sales[k0]" (p.yaml)']],
  });
  expect(answer('a.hyper', 'taken.hyper')).toEqual({
    pipelines: ['other'],
    blocked: [['tenant_sales', 'd/taken.hyper is also the destination of "other" (q.yaml)']],
  });
});

test('a url that cannot be read is the problem of its item, where it connects; in a pipeline it is one of the file', async () => {
  const items = '{items: {acme: {id: 1, url: postgres://db/acme}, initech: {id: 2, url: "mysql://initech"}}}';
  const withUrl = (yaml: string, url: string) => yaml.replace('host: db', () => `url: "${url}"`);
  const tenants = await configure({ 'p.yaml': withUrl(family(items), '${each.url}') });
  expect(told(tenants)).toEqual([]);
  expect(tenants.pipelines.map(({ address }) => address)).toEqual([
    'tenant_sales[acme]',
    'tenant_sales[initech]',
  ]);
  const alone = family(items)
    .replace(/for_each.*\n/, '')
    .replace('params: ["${each.id}"]', 'params: [1]');
  expect(told(await configure({ 'p.yaml': withUrl(alone, 'mysql://initech') }))).toEqual([
    expect.stringContaining('EXT2001 the url cannot be read'),
  ]);
});

/** Runs the rest of a test as on another platform. */
function onPlatform(platform: NodeJS.Platform): void {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  onTestFinished(() => void Object.defineProperty(process, 'platform', own));
}

const byCase = {
  'p.yaml': family('{items: [acme, ACME]}').replace('"${each.id}"', '"${each.key}"'),
  'q.yaml': family('{items: [apex]}', '', 'people').replace('"${each.id}"', '"${each.key}"'),
  'r.yaml': family('{items: [apex]}', '', 'People').replace('"${each.id}"', '"${each.key}"'),
  's.yaml': family('{items: [a]}', 'destinations: [{type: file, path: out/x.hyper}]\n', 's').replace(
    '"${each.id}"',
    '"${each.key}"',
  ),
  't.yaml': family('{items: [b]}', 'destinations: [{type: file, path: out/X.hyper}]\n', 't').replace(
    '"${each.id}"',
    '"${each.key}"',
  ),
};

test('keys, names and files that differ only in case are refused on macOS', async () => {
  onPlatform('darwin');
  expect(told(await configure(byCase))).toEqual([
    'p.yaml:3 EXT1081 item 2: the key "ACME" differs from that of item 1 only in case, which file names on macOS do not distinguish',
    'r.yaml:2 EXT1030 the name "People" is taken by q.yaml, in another case, which file names on macOS do not distinguish',
    't.yaml:9 EXT1061 out/X.hyper is also the destination of "s[a]" (s.yaml)',
  ]);
});

test('keys, names and files that differ only in case are distinct on Linux', async () => {
  onPlatform('linux');
  expect(told(await configure(byCase))).toEqual([]);
});
