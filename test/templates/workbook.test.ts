import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { openTemplate } from '../../src/templates/open-template.ts';
import { readSources } from '../../src/templates/read-source.ts';
import { swapExtract } from '../../src/templates/swap.ts';
import { unnamedFiles } from '../../src/templates/unnamed-files.ts';
import { extracted, live } from './support/documents.ts';
import { liveModel } from './support/live-documents.ts';
import { buildPackage, readPackage } from './support/packages.ts';
import { programs } from './support/programs.ts';
import { workbook } from './support/workbooks.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-workbook-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const sales = { caption: 'Sales', id: 'federated.sales', text: live() };
const world = {
  caption: 'World & “co”',
  id: 'federated.world',
  text: extracted({ dbname: 'Data/World/w.hyper' }),
};
const published = {
  caption: 'Targets',
  id: 'sqlproxy.1',
  text: "<datasource inline='true' version='18.1'><connection class='sqlproxy' dbname='Targets' server='https://t.example.com' /></datasource>",
};

/** A package with pictures, custom content and all that a workbook may hold. */
const files = [
  { name: 'Data/Extracts/sales.hyper', data: 'the old sales', extra: '55540500010000005e', comment: 'old' },
  { name: 'Data/World/w.hyper', data: 'the world', comment: 'not ours' },
  { name: 'Image/logo.png', data: Buffer.from([137, 80, 78, 71, 0, 255]), method: 0 },
  { name: 'Shapes/My Shapes/a b.png', data: Buffer.from([1, 2, 3]) },
  { name: 'Extensions/com.example.trex', data: '<manifest/>' },
  { name: 'Data/', data: '' },
];

function packed(name: string, document: string, entries: readonly object[] = files): string {
  return buildPackage(folder, name, [
    { name: 'Übersicht.twb', data: document },
    ...(entries as typeof files),
  ]);
}

async function swapped(path: string, choice: { dataSource?: string; extract?: string }, bytes = 'new rows') {
  const hyperPath = join(folder, 'new.hyper');
  writeFileSync(hyperPath, bytes);
  const outputPath = path.replace(/(?:\.twbx?)$/, '.out.twbx');
  const template = await openTemplate(path, choice);
  await swapExtract({ template, hyperPath, outputPath, leaveOut: unnamedFiles(template) });
  return outputPath;
}

const failure = async (path: string, choice = {}) =>
  openTemplate(path, choice).then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string; hint?: string },
  );

describe.skipIf(!programs.python)('a workbook as a template', () => {
  it.each([
    ['by caption', 'Sales', 'Data/Extracts/sales.hyper'],
    ['by name', 'federated.sales', 'Data/Extracts/sales.hyper'],
    ['an extract of something else', 'World & “co”', 'Data/World/w.hyper'],
  ])(
    'gets the extract in one of its data sources, and nothing else changes: %s',
    async (name, dataSource, entry) => {
      const document = workbook(
        [sales, world, published],
        [{ name: 'Sheet 1', source: sales.id, rows: ['amount'] }],
      );
      const path = packed(`${name}.twbx`, document);
      const original = readFileSync(path);
      const output = await swapped(path, { dataSource });
      const [before, after] = [readPackage(path), readPackage(output)];
      expect(readFileSync(path).equals(original)).toBe(true);
      expect(after.map((one) => one.name)).toEqual(before.map((one) => one.name));
      for (const [n, one] of after.entries()) {
        const same = before[n];
        if (same === undefined || one.name !== entry) expect(one).toEqual(same);
        else {
          const { crc, sha256, flags } = one;
          expect(one).toEqual({ ...same, size: 8, crc, sha256, flags });
        }
      }
      const python = `import sys, zipfile, xml.etree.ElementTree as E
z = zipfile.ZipFile(sys.argv[1]); r = E.fromstring(z.read('Übersicht.twb'))
print(z.read(sys.argv[2]).decode(), len(r.findall('datasources/datasource')), r.find('worksheets/worksheet').get('name'))`;
      expect(execFileSync('python3', ['-c', python, output, entry], { encoding: 'utf8' }).trim()).toBe(
        'new rows 4 Sheet 1',
      );
    },
  );

  it('needs the name of the data source where there are several', async () => {
    const path = packed('several.twbx', workbook([sales, published]));
    expect(await failure(path)).toMatchObject({
      code: 'EXT4207',
      message: `${path} (Übersicht.twb) holds several data sources: "Sales", "Targets"`,
    });
    // Parameters are no choice.
    expect(await failure(path, { dataSource: 'Parameters' })).toMatchObject({ code: 'EXT4207' });
    expect(await failure(path, { dataSource: 'Targets' })).toMatchObject({
      code: 'EXT4202',
      message: `the data source "Targets" of ${path} reads from a data source published on Tableau Server or Cloud`,
    });
    const twins = packed('twins.twbx', workbook([sales, { ...world, caption: 'Sales' }]));
    expect((await failure(twins, { dataSource: 'Sales' }))?.message).toBe(
      `${twins} (Übersicht.twb) holds several data sources "Sales", but "Sales" (its name is "federated.sales"), "Sales" (its name is "federated.world")`,
    );
    expect((await openTemplate(twins, { dataSource: 'federated.world' })).hyper.entry).toBe(
      'Data/World/w.hyper',
    );
    expect((await openTemplate(packed('one.twbx', workbook([sales])))).hyper.entry).toBe(
      'Data/Extracts/sales.hyper',
    );
    const onlyPublished = packed('published.twbx', workbook([published]));
    expect(await failure(onlyPublished)).toMatchObject({ code: 'EXT4202' });
    expect(await failure(packed('no-data.twbx', workbook([])))).toMatchObject({ code: 'EXT4104' });
    expect(await failure(packed('tds.twbx', live()))).toMatchObject({ code: 'EXT4104' });
  });

  it('can be a bare .twb, which becomes a package', async () => {
    const path = join(folder, 'bare.twb');
    writeFileSync(path, workbook([{ ...sales, text: live({ dbname: 'C:\\Users\\me\\sales.hyper' }) }]));
    const output = await swapped(path, {});
    expect(readPackage(output).map(({ name }) => name)).toEqual(['bare.twb', 'Data/Extracts/sales.hyper']);
    expect((await openTemplate(output)).hyper.dbnames.map(({ value }) => value)).toEqual([
      'Data/Extracts/sales.hyper',
    ]);
    writeFileSync(path, workbook([sales, world]));
    expect(await failure(path, { dataSource: 'Sales' })).toMatchObject({
      code: 'EXT4202',
      message: `${path} needs other extracts too, and holds no data: "Data/World/w.hyper"`,
    });
  });

  it('gives a shared extract to every data source that reads it', async () => {
    const copy = { ...sales, caption: 'Sales (copy)', id: 'federated.copy' };
    const path = packed('shared.twbx', workbook([sales, copy]));
    const { neighbours } = await openTemplate(path, { dataSource: 'Sales' });
    expect(neighbours.map(({ source, rows }) => [source.name, rows.entry])).toEqual([
      ['Sales (copy)', 'Data/Extracts/sales.hyper'],
    ]);
    // Both name a file outside of the package: both are made to name the new entry.
    const away = live({ dbname: 'C:\\Users\\me\\sales.hyper' });
    const bare = packed(
      'shared-away.twbx',
      workbook([
        { ...sales, text: away },
        { ...copy, text: away },
      ]),
      [],
    );
    const output = await swapped(bare, { dataSource: 'Sales' });
    for (const dataSource of ['Sales', 'Sales (copy)'])
      expect((await openTemplate(output, { dataSource })).package?.hyper?.name).toBe(
        'Data/Extracts/sales.hyper',
      );
  });

  it('gets one of several extracts of a data source, and the others stay', async () => {
    const second = `<named-connection caption='b' name='hyper.1'><connection class='hyper' dbname='Data/b.hyper' /></named-connection>`;
    const text = live().replace('</named-connections>', `${second}</named-connections>`);
    const path = packed('two.twbx', workbook([{ ...sales, text }]), [
      ...files,
      { name: 'Data/b.hyper', data: 'b' },
    ]);
    expect(await failure(path)).toMatchObject({
      code: 'EXT4203',
      message: `${path} uses several .hyper files: "Data/Extracts/sales.hyper", "Data/b.hyper"`,
      hint: 'extract: NAME under template chooses the one to replace; the others stay as they are',
    });
    expect(await failure(path, { extract: 'c.hyper' })).toMatchObject({ code: 'EXT4203' });
    const { hyper } = await openTemplate(path, { extract: 'sales.hyper' });
    expect([hyper.entry, hyper.others]).toEqual(['Data/Extracts/sales.hyper', ['Data/b.hyper']]);
    const output = await swapped(path, { extract: 'Data/b.hyper' });
    const changed = readPackage(output).filter(
      (one) => readPackage(path).find(({ name }) => name === one.name)?.sha256 !== one.sha256,
    );
    expect(changed.map(({ name }) => name)).toEqual(['Data/b.hyper']);
  });

  it('gets an extract in the place of a live connection', async () => {
    const shop = { caption: 'Shop', id: 'federated.shop', text: liveModel() };
    const path = packed(
      'live.twbx',
      workbook([sales, shop], [{ name: 'S', source: shop.id, rows: ['region'] }]),
    );
    const shape = { schema: 'public', tables: [] };
    const template = await openTemplate(path, { dataSource: 'Shop', shape });
    expect([template.hyper.entry, template.replaced?.origin.connections.length]).toEqual([
      'Data/Extracts/Shop.hyper',
      1,
    ]);
    const text = template.document.bytes.toString('utf8');
    const { range } = template.source;
    // Around the data source nothing has changed.
    expect(readPackage(path).length).toBe(files.length + 1);
    expect(workbook([sales], []).slice(0, 300)).toBe(text.slice(0, 300));
    expect(text.slice(range.start, range.end)).toMatch(/^<datasource [^]*class='hyper'[^]*<\/datasource>$/);
    expect(text.slice(range.end)).toContain("<worksheet name='S'>");
    // The name of an extract that another data source has is not taken from it.
    const taken = packed('taken.twbx', workbook([sales, { ...shop, caption: 'sales' }]));
    await expect(openTemplate(taken, { dataSource: 'sales', shape })).rejects.toMatchObject({
      code: 'EXT4203',
      message: `the extracts of "sales" and "Sales" would both be "Data/Extracts/sales.hyper" in ${taken}`,
    });
  });

  it('is refused with a remedy where a zip program has packed it', async () => {
    const document = workbook([sales]);
    const inFolder = buildPackage(folder, 'folder.twbx', [{ name: 'Book/a.twb', data: document }]);
    expect(await failure(inFolder)).toMatchObject({
      code: 'EXT4201',
      hint: 'it was packed together with its folder: pack what is in "Book", not the folder itself',
    });
    const ofMac = buildPackage(folder, 'mac.twbx', [
      { name: 'a.twb', data: document },
      { name: '._a.twb', data: 'x' },
    ]);
    expect((await failure(ofMac))?.hint).toContain('leftovers of macOS');
  });

  it('keeps the parts of a shapefile if only one is named', async () => {
    const shapes =
      "<datasource inline='true' version='18.1'><connection class='ogrdirect' directory='Data/s' filename='a.shp' /></datasource>";
    const path = packed('shapes.twbx', workbook([sales, { caption: 'Map', id: 'ogr.1', text: shapes }]), [
      ...files.slice(0, 1),
      ...['a.shp', 'a.dbf', 'a.shx', 'b.dbf'].map((name) => ({ name: `Data/s/${name}`, data: name })),
    ]);
    expect(unnamedFiles(await openTemplate(path, { dataSource: 'Sales' }))).toEqual(['Data/s/b.dbf']);
  });

  it('shows every data source with the sheets that need it', async () => {
    const path = packed(
      'sheets.twbx',
      workbook(
        [sales, world],
        [
          { name: 'Overview', source: sales.id, rows: ['Calculation_2'] },
          { name: 'Map', source: world.id, rows: ['GDP'], title: 'Country' },
        ],
        [
          { name: 'All', shows: ['Overview', 'Map'] },
          { name: 'Told', shows: ['All'], isStory: true },
        ],
      ),
    );
    const all = await readSources(path);
    const [first, second] = all.map(describeTemplate);
    expect([first?.name, first?.sheets]).toEqual(['Sales', [{ kind: 'sheet', name: 'Overview' }]]);
    const usesOf = (field: string, of = first) =>
      of?.fields
        .find(({ name }) => name === field)
        ?.uses.filter(({ kind }) => ['sheet', 'dashboard', 'story'].includes(kind))
        .map(({ kind, name, through }) => [kind, name, ...through].join(' · '));
    expect(usesOf('amount')).toEqual([
      'sheet · Overview · Profit Ratio · Rank',
      'dashboard · All · Profit Ratio · Rank · Overview',
      'story · Told · Profit Ratio · Rank · Overview · All',
    ]);
    expect(usesOf('note')).toEqual([]);
    expect(usesOf('Country', second)?.[0]).toBe('sheet · Map');
  });
});
