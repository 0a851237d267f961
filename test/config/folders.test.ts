import { expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const portal = (
  forEach: string,
  { path = '../up/${each.name}/*.csv', to = 'out/${each.key}.hyper', more = '' } = {},
) =>
  `version: 1
name: portal
for_each: ${forEach}
sources:
  up: {type: file, path: '${path}'}
  lake: {type: s3, bucket: lake, match: 'portal/*.csv'}
tables:
  rows:
    from: {source: up}
    columns: {id: int}
destinations: [{type: file, path: '${to}'}]
${more}`;

const told = ({ diagnostics, locate }: Awaited<ReturnType<typeof configure>>) =>
  diagnostics.map(({ code, message, place }) => {
    const { line = 0 } = (place && locate(place)) ?? {};
    return `${place?.file ?? ''}:${line} ${code} ${message}`;
  });

const answered = async (names: readonly string[], file = portal('{folders: {path: up/}}')) => {
  const read = await configure({ 'p.yaml': file });
  expect(told(read)).toEqual([]);
  return read.withItems(new Map([['portal', { folders: names.map((name) => ({ name })) }]]));
};

const reasons = ({ blocked }: Awaited<ReturnType<typeof answered>>) =>
  blocked.map(({ address, problems }) => [address, ...problems.map(({ message }) => message)]);

test('each folder is an item: its key, and its name where a path needs it', async () => {
  const { pipelines, families, blocked, diagnostics } = await answered(['b', 'Acme (EU)', '.x']);
  expect([blocked, diagnostics]).toEqual([[], []]);
  expect(pipelines.map(({ address }) => address)).toEqual([
    'portal[%2Ex]',
    'portal[Acme%20%28EU%29]',
    'portal[b]',
  ]);
  expect(pipelines[1]).toMatchObject({
    sources: { up: { match: ['../up/Acme \\(EU\\)/*.csv'] } },
    destinations: [{ shown: 'out/Acme%20%28EU%29.hyper' }],
  });
  expect(families).toMatchObject([{ isOfFolders: true, onRemoved: 'forget' }]);
});

test('a folder that can be no item, or not used where it is written, blocks itself alone', async () => {
  const found = await answered(['ok', '', 'Acme', 'acme', 'é'.repeat(40), '..', 'a\\b', 'a\nb']);
  expect(found.pipelines.map(({ address }) => address)).toEqual(['portal[ok]']);
  const said = new Map(reasons(found).map(([address = '', ...messages]) => [address, messages]));
  const withoutKey = [...said].filter(([address]) => /^portal\[~[0-9a-f]{8}\]$/.test(address));
  expect(withoutKey.flatMap(([, messages]) => messages).sort()).toEqual([
    expect.stringContaining('two slashes in a row'),
    expect.stringContaining('more than 100 characters'),
  ]);
  for (const [address] of withoutKey) said.delete(address);
  expect(Object.fromEntries(said)).toEqual({
    'portal[Acme]': [
      expect.stringMatching(/^the folder "Acme": its key differs from that of "acme" only in case/),
    ],
    'portal[acme]': [
      expect.stringMatching(/^the folder "acme": its key differs from that of "Acme" only in case/),
    ],
    'portal[%2E%2E]': [
      '${each.name} of portal[%2E%2E] is "..": a path takes no value with a slash, a backslash or ..',
    ],
    'portal[a%5Cb]': [
      '${each.name} of portal[a%5Cb] is "a\\\\b": a path takes no value with a slash, a backslash or ..',
    ],
    'portal[a%0Ab]': [expect.stringContaining('a path takes no control characters')],
  });
});

test('the name of a folder is shown with escapes for what steers a terminal', async () => {
  const said = reasons(await answered(['a\u007f\u001b[2J', 'A\u007f\u001b[2J']));
  expect(said[0]?.[1]).toMatch(
    /^the folder "A\\u007f\\u001b\[2J": its key differs from that of "a\\u007f\\u001b\[2J" only in case/,
  );
});

test('too many, too few and no folders block the family', async () => {
  const count = async (names: string[], limits: string) =>
    reasons(await answered(names, portal(`{folders: {path: up/}, ${limits}}`)));
  expect(await count(['a', 'b', 'c'], 'max: 2')).toEqual([
    ['portal', 'more than 2 items, where for_each allows 2'],
  ]);
  expect(await count(['a'], 'min: 2')).toEqual([['portal', '1 item, where for_each wants at least 2']]);
  expect(await count([], 'max: 2')).toEqual([['portal', 'there is no folder']]);
  expect(await count([], 'min: 0')).toEqual([]);
});

test.each([
  ['{folders: {path: up/}, file: a.csv}', 'p.yaml:3 EXT1080 for_each has both file and folders'],
  ['{prefixes: {source: gone}}', 'p.yaml:3 EXT1031 there is no source "gone"'],
  ['{prefixes: {source: up}}', 'p.yaml:3 EXT1080 "up" is a source of files: only a bucket has prefixes'],
  ['{prefixes: {source: lake, under: /portal}}', 'p.yaml:3 EXT1080 a prefix has no slash before it'],
  ['{folders: {path: /proc/self/fd}}', expect.stringMatching(/EXT1096 \/proc\/self\/fd is not read/)],
])('%s is refused where it is written', async (forEach, message) => {
  expect(told(await configure({ 'p.yaml': portal(forEach) }))).toEqual([message]);
});

test('a prefix ends with a slash, whether it is written or not', async () => {
  const { asked } = await configure({ 'p.yaml': portal('{prefixes: {source: lake, under: portal}}') });
  expect(asked).toMatchObject([{ question: { kind: 'prefixes', under: 'portal/' } }]);
});

const wanted = (...addresses: string[]) => new Map(addresses.map((one) => [one.toLowerCase(), one]));

test('items that are asked for by name are read alone, with what is like them', async () => {
  const items = '{items: [acme, other, a-b, a_b], max: 1}';
  const read = (file: string, ...addresses: string[]) =>
    configure({ 'p.yaml': file }, { wanted: wanted(...addresses) });
  const addresses = ({ pipelines }: Awaited<ReturnType<typeof read>>) =>
    pipelines.map(({ address }) => address);
  const file = portal(items, { path: '../${each.key}.csv' });
  expect(addresses(await read(file, 'portal[ACME]'))).toEqual(['portal[acme]']);
  expect(addresses(await read(file, 'portal[a-b]'))).toEqual(['portal[a-b]', 'portal[a_b]']);
  // Another item may have the same output; the family as a whole is asked for.
  expect(
    told(await read(portal(items, { path: '../${each.key}.csv', to: 'out/all.hyper' }), 'portal[acme]')),
  ).toEqual(['p.yaml:3 EXT1082 4 items, where for_each allows 1']);
  expect(told(await read(file, 'portal'))).toEqual(['p.yaml:3 EXT1082 4 items, where for_each allows 1']);
});

test('the same key twice is found, and an end of a move that is listed', async () => {
  const csv = 'key\nacme\nother\nacme\n';
  const twice = await configure(
    { 'p.yaml': portal('{file: list.csv}', { path: '../${each.key}.csv' }), 'list.csv': csv },
    { wanted: wanted('portal[acme]') },
  );
  expect(told(twice)).toEqual(['list.csv:4 EXT1081 line 4: the key "acme" is there already (line 2)']);
  const moved = await configure(
    {
      'p.yaml': portal('{items: [acme, old]}', {
        path: '../${each.key}.csv',
        more: 'moved: [{from: "portal[old]", to: "portal[acme]"}]\n',
      }),
    },
    { wanted: wanted('portal[acme]') },
  );
  expect(told(moved)).toEqual(['p.yaml:12 EXT1066 portal[old] is still in the list']);
});

test('only the wanted folders of a bucket are asked for, and no family besides', async () => {
  const files = {
    'p.yaml': portal('{prefixes: {source: lake, under: portal/}}'),
    'q.yaml': portal('{prefixes: {source: lake}}')
      .replace('name: portal', 'name: other')
      .replace('out/', 'other/'),
  };
  const { asked, whole } = await configure(files, { wanted: wanted('portal[Acme%20Inc]') });
  expect(asked).toMatchObject([{ name: 'portal', question: { names: ['Acme Inc'] } }]);
  expect(whole().asked.map(({ name, question }) => [name, 'names' in question])).toEqual([
    ['portal', false],
    ['other', false],
  ]);
});
