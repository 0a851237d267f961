import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGenerated } from '../../../src/templates/generate/check-description.ts';
import { documentName, generateDocument } from '../../../src/templates/generate/document.ts';
import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';
import { importTemplate } from '../../../src/templates/import/import.ts';
import { openTemplate, templateFromDocument } from '../../../src/templates/open-template.ts';
import { swapExtract } from '../../../src/templates/swap.ts';
import { parseXml } from '../../../src/templates/tds/xml.ts';
import { programs } from '../support/programs.ts';
import { violations } from '../support/schema.ts';
import { shop } from '../support/shop.ts';

const single: GeneratedTemplate = {
  name: 'sales',
  tableau: '2024.3',
  schema: 'public',
  tables: [
    {
      name: 'sales',
      columns: [
        { name: 'amount', type: { kind: 'double' }, caption: 'Amount' },
        { name: 'region', type: { kind: 'text' } },
      ],
    },
  ],
  relationships: [],
  calculations: [],
  hierarchies: [],
  folders: [],
};

const read = (template: GeneratedTemplate) =>
  templateFromDocument(Buffer.from(generateDocument(template)), 'generated', documentName(template));

describe('a generated data source', () => {
  it('has one table, plainly spelled', () => {
    expect(generateDocument(single)).toBe(`<?xml version='1.0' encoding='utf-8' ?>

<!-- written by extracts for Tableau 2024.3 -->
<datasource formatted-name='federated.101ha053pm7wspowzrf1p7ujun91' inline='true' source-platform='win' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <document-format-change-manifest>
    <ObjectModelEncapsulateLegacy />
    <ObjectModelTableType />
    <SchemaViewerObjectModel />
  </document-format-change-manifest>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='sales' name='hyper.5hc1cqtdu2mfosk231auejcla2vw'>
        <connection authentication='auth-none' author-locale='en_US' class='hyper' dbname='Data/Extracts/sales.hyper' default-settings='yes' server='' sslmode='' username='tableau_internal_user' />
      </named-connection>
    </named-connections>
    <relation connection='hyper.5hc1cqtdu2mfosk231auejcla2vw' name='sales' table='[public].[sales]' type='table' />
    <metadata-records>
      <metadata-record class='column'>
        <remote-name>amount</remote-name>
        <remote-type>5</remote-type>
        <local-name>[amount]</local-name>
        <parent-name>[sales]</parent-name>
        <remote-alias>amount</remote-alias>
        <ordinal>0</ordinal>
        <local-type>real</local-type>
        <aggregation>Sum</aggregation>
        <contains-null>true</contains-null>
        <object-id>[sales (public.sales)_D09A3DE4EAEE985ABFFAFC2D56CB5DDC]</object-id>
      </metadata-record>
      <metadata-record class='column'>
        <remote-name>region</remote-name>
        <remote-type>129</remote-type>
        <local-name>[region]</local-name>
        <parent-name>[sales]</parent-name>
        <remote-alias>region</remote-alias>
        <ordinal>1</ordinal>
        <local-type>string</local-type>
        <aggregation>Count</aggregation>
        <contains-null>true</contains-null>
        <collation flag='0' name='binary' />
        <object-id>[sales (public.sales)_D09A3DE4EAEE985ABFFAFC2D56CB5DDC]</object-id>
      </metadata-record>
    </metadata-records>
  </connection>
  <aliases enabled='yes' />
  <column caption='Amount' datatype='real' name='[amount]' role='measure' type='quantitative' />
  <column datatype='string' name='[region]' role='dimension' type='nominal' />
  <column caption='sales' datatype='table' name='[__tableau_internal_object_id__].[sales (public.sales)_D09A3DE4EAEE985ABFFAFC2D56CB5DDC]' role='measure' type='quantitative' />
  <layout dim-ordering='alphabetic' measure-ordering='alphabetic' show-structure='true' />
  <object-graph>
    <objects>
      <object caption='sales' id='sales (public.sales)_D09A3DE4EAEE985ABFFAFC2D56CB5DDC'>
        <properties context=''>
          <relation connection='hyper.5hc1cqtdu2mfosk231auejcla2vw' name='sales' table='[public].[sales]' type='table' />
        </properties>
      </object>
    </objects>
  </object-graph>
</datasource>
`);
  });

  it.each(['2020.2', '2024.2'])('spells tags of the object model with their features for %s', (tableau) => {
    const text = generateDocument({ ...shop, tableau });
    expect(text).toContain('<_.fcp.ObjectModelEncapsulateLegacy.false...relation connection=');
    expect(text).toContain("<_.fcp.ObjectModelEncapsulateLegacy.true...relation type='collection'>");
    expect(text).toContain('<_.fcp.ObjectModelEncapsulateLegacy.true...object-graph>');
    expect(text).toContain("<_.fcp.ObjectModelTableType.true...column caption='Bob&apos;s Orders'");
    expect(text).not.toMatch(/<(object-graph|object-id|folders-common)>/);
  });

  it.each(['2020.2', '2024.3'])('keeps the element order of the schema for %s', (tableau) => {
    const bytes = Buffer.from(generateDocument({ ...shop, tableau }));
    expect(violations(parseXml(bytes, 'generated').root)).toEqual([]);
  });

  it('is reported when the order is wrong: the validator does not accept everything', () => {
    const text = generateDocument(single).replace(/( *<layout[^\n]*\n)([^]*)(<\/datasource>)/, '$2$1$3');
    expect(violations(parseXml(Buffer.from(text), 'x').root)).toEqual(['<layout> too late']);
  });

  it.each([
    ["role='measure'", "role='fact'", '<column role="fact">'],
    [" version='18.1'", '', '<datasource> without version'],
    ["inline='true'", "inline='false'", '<datasource inline="false">'],
    ["<aliases enabled='yes' />", "<aliases enabled='maybe' />", '<aliases enabled="maybe">'],
    ["type='field'", "type='fields'", '<folder-item type="fields">'],
    ["show-structure='true'", "show-structure='maybe'", '<layout show-structure="maybe">'],
    ["dim-ordering='alphabetic'", "dim-ordering='x'", '<layout dim-ordering="x">'],
    ["<metadata-record class='column'>", '<metadata-record>', '<metadata-record> without class'],
  ])('could be seen to break the schema: %s', (written, wrong, problem) => {
    const text = generateDocument(shop);
    expect(text).toContain(written);
    const broken = text.replace(written, wrong);
    expect(violations(parseXml(Buffer.from(broken), 'x').root)).toEqual([problem]);
  });

  it('names fields in formulas by local name', () => {
    const { source } = read(shop);
    const ratio = source.columns.find(({ caption }) => caption === 'Ratio')!;
    const twice = source.columns.find(({ caption }) => caption === 'Twice')!;
    expect(ratio.name).toMatch(/^Calculation_\d{17,19}$/);
    expect(twice).toMatchObject({ name: 'Calculation_1', calculation: { formula: `2 * [${ratio.name}]` } });
  });

  it('puts the facts first, wherever they are listed, and keeps their names', () => {
    const { source } = read({ ...shop, tables: shop.tables.toReversed() });
    expect(source.objects.map(({ caption }) => caption)).toEqual(["Bob's Orders", 'customers']);
    expect(source.connection.cols.filter(({ column }) => column === 'id')).toEqual([
      { field: 'id', relation: 'orders', column: 'id' },
      { field: 'id (customers)', relation: 'customers', column: 'id' },
    ]);
  });

  it.skipIf(!programs.python)('is well-formed to another parser', () => {
    const script =
      'import sys, xml.dom.minidom as d; print(d.parseString(sys.stdin.buffer.read()).documentElement.tagName)';
    const out = execFileSync('python3', ['-c', script], { input: generateDocument(shop), encoding: 'utf8' });
    expect(out.trim()).toBe('datasource');
  });
});

describe('the way back', () => {
  it.each([
    ['one table', single],
    ['everything there is', shop],
    ...(['one-to-one', 'one-to-many', 'many-to-many'] as const).map(
      (cardinality): [string, GeneratedTemplate] => [
        cardinality,
        {
          ...shop,
          relationships: shop.relationships.map((relationship) => ({ ...relationship, cardinality })),
        },
      ],
    ),
  ])('gives the same description: %s', (_, template) => {
    expect(importTemplate(read(template))).toEqual({ template, lost: [] });
  });

  const name = fc.string({
    unit: fc.constantFrom(...Array.from('ab]"\'&<é ()[.')),
    minLength: 1,
    maxLength: 6,
  });
  const column = fc.record(
    {
      name,
      type: fc.constantFrom(
        { kind: 'text' as const },
        { kind: 'bigint' as const },
        { kind: 'double' as const },
        { kind: 'timestamp' as const },
        { kind: 'numeric' as const, precision: 9, scale: 0 },
      ),
      caption: name,
      description: name,
      role: fc.constantFrom('dimension' as const, 'measure' as const),
      continuous: fc.boolean(),
      aggregation: fc.constantFrom('Min' as const, 'CountD' as const),
      format: name,
      hidden: fc.boolean(),
      geo: fc.constantFrom('city' as const, 'longitude' as const),
    },
    { requiredKeys: ['name', 'type'] },
  );
  const table = fc.record({
    name,
    columns: fc.uniqueArray(column, { selector: (one) => one.name, minLength: 1, maxLength: 5 }),
  });

  it('loses nothing of random descriptions: what comes back generates the same bytes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(table, { selector: (one) => one.name, minLength: 1, maxLength: 3 }),
        (tables) => {
          const [first, ...rest] = tables;
          const template: GeneratedTemplate = {
            ...single,
            tables,
            relationships: rest.map(({ name: to, columns }) => ({
              from: { table: first!.name, columns: [first!.columns[0]!.name] },
              to: { table: to, columns: [columns[0]!.name] },
            })),
          };
          fc.pre(checkGenerated(template).length === 0);
          const { template: back, lost } = importTemplate(read(template));
          expect(generateDocument(back)).toBe(generateDocument(template));
          expect(lost).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a generated package', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-generate-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds the .tds and the extract where the .tds looks for it', async () => {
    const hyperPath = join(folder, 'x.hyper');
    writeFileSync(hyperPath, 'data');
    const outputPath = join(folder, 'shop.tdsx');
    await swapExtract({ template: read(shop), hyperPath, outputPath });
    const opened = await openTemplate(outputPath);
    expect(opened.package?.zip.entries.map((entry) => entry.name)).toEqual([
      'Shop_ _North_ & _South_.tds',
      'Data/Extracts/Shop_ _North_ & _South_.hyper',
    ]);
    expect(importTemplate(opened)).toEqual({ template: shop, lost: [] });
  });
});
