import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { importTemplate } from '../../src/templates/import/import.ts';
import { readSource } from '../../src/templates/read-source.ts';
import { extracted, live, related } from './support/documents.ts';
import { buildPackage } from './support/packages.ts';
import { programs } from './support/programs.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-read-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** The data source as a workbook holds it: with a caption, and without the declaration and comments of a file. */
const inside = (text: string, caption: string) =>
  text.slice(text.indexOf('<datasource ')).replace('<datasource ', `<datasource caption='${caption}' `);

const workbook = (...sources: string[]) => `<?xml version='1.0' encoding='utf-8' ?>
<!-- build 20233.24.0322.1234                               -->
<workbook version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <datasources>
    <datasource hasconnection='false' inline='true' name='Parameters' version='18.1'>
      <column caption='Target' datatype='real' name='[Parameter 1]' param-domain-type='any' role='measure' type='quantitative' value='100.'><calculation class='tableau' formula='100.' /></column>
    </datasource>
    ${sources.join('\n')}
  </datasources>
  <worksheets><worksheet name='Sheet 1'><table><view><datasources><datasource caption='Shop' name='federated.9' /></datasources></view></table></worksheet></worksheets>
</workbook>
`;

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A live connection to SQL Server with a table in quotes, custom SQL, and a join of two tables. */
const database = extracted({ enabled: 'false' })
  .replace(/ {2}<extract [^]*<\/extract>\n/, '')
  .replace(
    "<relation connection='sqlserver.1' name='Indicators' table='[dbo].[Indicators]' type='table' />",
    () => `<relation type='collection'>
      <relation connection='sqlserver.1' name='Indicators' table="['Good Indicators$']" type='table' />
      <relation connection='sqlserver.1' name='Custom SQL Query' type='text'>select 1 as One where 1 &lt;&lt; 2</relation>
    </relation>`,
  );

describe('data sources that no extract could be put into', () => {
  it('are read with the tables of their databases, custom SQL among them', async () => {
    const source = await readSource(written('live.tds', database));
    const { flavour, entry, tables, fields, opaque, origin } = describeTemplate(source);
    expect({ flavour, entry, opaque }).toEqual({ flavour: 'database', entry: undefined, opaque: [] });
    expect(tables.map(({ name, relation }) => [name, relation])).toEqual([
      ["'Good Indicators$'", 'Indicators'],
      ['Custom SQL Query', 'Custom SQL Query'],
    ]);
    expect(fields.map(({ name, origin: from }) => [name, from?.table?.relation])).toEqual([
      ['Country', 'Indicators'],
      ['GDP', 'Indicators'],
    ]);
    expect(origin?.queries).toEqual([{ name: 'Custom SQL Query', sql: 'select 1 as One where 1 < 2' }]);
    const { template, lost } = importTemplate(source);
    expect([template.schema, ...template.tables.map(({ name }) => name)]).toEqual([
      'Extract',
      'Good Indicators',
      'Custom SQL Query',
    ]);
    expect(lost).toEqual([]);
  });

  it('are read although they use several .hyper files, or an extract of the time before', async () => {
    const second =
      "<named-connection caption='b' name='hyper.1'><connection class='hyper' dbname='Data/b.hyper' /></named-connection>";
    const both = live().replace('</named-connections>', `${second}</named-connections>`);
    expect((await readSource(written('both.tds', both))).hyper).toMatchObject({
      flavour: 'live',
      entry: 'Data/Extracts/sales.hyper',
    });
    const old = extracted().replace("class='hyper' dbname='Data", "class='dataengine' dbname='Data");
    expect((await readSource(written('old.tds', old))).hyper.flavour).toBe('extract');
  });
});

describe('workbooks', () => {
  it('give their only data source, or the one that is named', async () => {
    const column =
      "<column caption='Above' datatype='boolean' name='[Above]' role='dimension' type='nominal'><calculation class='tableau' formula='[Year] &gt; [Parameters].[Parameter 1]' /></column>";
    const shopText = related().replace('  <object-graph>', `  ${column}\n  <object-graph>`);
    const one = written('one.twb', workbook(inside(shopText, 'Shop')));
    const shop = describeTemplate(await readSource(one));
    expect(shop).toMatchObject({ name: 'Shop', writtenBy: '2023.3', flavour: 'live' });
    expect(shop.parameters).toEqual([
      { name: 'Parameter 1', caption: 'Target', datatype: 'real', value: '100' },
    ]);
    // Beside its name and the version, it is what the .tds alone is.
    const alone = describeTemplate(await readSource(written('alone.tds', shopText)));
    const { name, writtenBy, parameters, sheets } = shop;
    expect(shop).toMatchObject({ ...alone, name, writtenBy, parameters, sheets });
    // A parameter of other data sources is none of this one's.
    const other = describeTemplate(
      await readSource(written('other.twb', workbook(inside(related(), 'Shop')))),
    );
    expect(other.parameters).toEqual([]);

    const two = written('two.twb', workbook(inside(related(), 'Shop'), inside(database, 'World')));
    await expect(readSource(two)).rejects.toMatchObject({
      code: 'EXT4207',
      message: `${two} holds several data sources: "Shop", "World"`,
    });
    await expect(readSource(two, 'Globe')).rejects.toMatchObject({
      code: 'EXT4207',
      message: `${two} holds no data source "Globe", but "Shop", "World"`,
    });
    expect(describeTemplate(await readSource(two, 'World')).flavour).toBe('database');
    await expect(readSource(written('none.twb', workbook()))).rejects.toMatchObject({ code: 'EXT4104' });
    await expect(readSource(written('no.twb', live()))).rejects.toMatchObject({ code: 'EXT4104' });
    await expect(readSource(written('a.tds', live()), 'World')).rejects.toMatchObject({ code: 'EXT4207' });
    await expect(readSource(written('a.hyper', ''))).rejects.toMatchObject({ code: 'EXT4000' });
  });

  it.runIf(programs.python)('are read in their packages', async () => {
    const path = buildPackage(folder, 'shop.twbx', [
      { name: 'shop.twb', data: workbook(inside(related(), 'Shop')) },
      { name: 'Data/shop/shop.hyper', data: '' },
    ]);
    const source = await readSource(path);
    expect([source.hyper.entry, source.package?.hyper?.name]).toEqual([
      'Data/shop/shop.hyper',
      'Data/shop/shop.hyper',
    ]);
    expect(describeTemplate(source)).toMatchObject({ name: 'Shop', unnamed: [], isWithoutExtract: false });
  });
});
