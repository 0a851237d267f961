import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import type { ExtractShape } from '../../src/templates/fit-finding.ts';
import { parameterFindings, replacedConnection, remedyFor } from '../../src/templates/live/replacement.ts';
import { checkFit } from '../../src/templates/match.ts';
import { openComplete, openTemplate } from '../../src/templates/open-template.ts';
import { swapExtract } from '../../src/templates/swap.ts';
import { liveBefore10, liveJoin, liveModel } from './support/live-documents.ts';
import { buildPackage } from './support/packages.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'extracts-live-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const shape = (
  tables: Record<string, Record<string, 'text' | 'double' | 'bigint' | 'int'>>,
): ExtractShape => ({
  schema: 'out',
  tables: Object.entries(tables).map(([name, columns]) => ({
    name,
    columns: Object.entries(columns).map(([column, kind]) => ({ name: column, type: { kind } })),
  })),
});

async function opened(text: string, wanted: ExtractShape) {
  const path = join(folder, 'Shop.tds');
  writeFileSync(path, text);
  const template = await openTemplate(path, { shape: wanted });
  if (template.replaced === undefined) throw new Error('it was not live');
  return { template, replaced: template.replaced, text: template.document.bytes.toString('utf8') };
}

const model = shape({ orders: { region: 'text', sales: 'double' }, people: { region: 'text' } });

describe('a live connection', () => {
  it('gives way to the extract, and everything else stays as it is', async () => {
    const original = liveModel();
    const { template, text, replaced } = await opened(original, model);
    expect(replacedConnection(replaced)).toEqual({
      connections: ['postgres db.example.com/shop'],
      tables: [
        { from: 'public.orders', to: 'orders' },
        { from: 'public.people', to: 'people' },
      ],
    });
    expect(text).not.toMatch(/postgres|db\.example|reader|capability|DebugRemoteType|<remote-type>130/);
    // Behind the connection only what the logical tables read differs.
    const behind = (whole: string) => whole.slice(whole.indexOf('</connection>\n  <aliases'));
    const reads = (whole: string) => behind(whole).replaceAll(/<relation [^>]*\/>/g, '<relation/>');
    expect(reads(text)).toBe(reads(original));
    expect(
      text.match(
        /relation connection='hyper\.\w+' name='orders' table='\[out\]\.\[orders\]' type='table' \/>/g,
      ),
    ).toHaveLength(3);
    expect(describeTemplate(template)).toMatchObject({
      flavour: 'live',
      origin: undefined,
      entry: 'Data/Extracts/Shop.hyper',
      relationships: [{ first: 'orders', second: 'people', pairs: ['[region] = [region (people)]'] }],
      hierarchies: [{ name: 'Where' }],
      folders: [{ name: 'Money' }],
    });
    expect(checkFit(describeTemplate(template), model)).toEqual([]);
  });

  it('keeps joins; custom SQL, worksheets and tables of other schemas become tables of the extract', async () => {
    const wanted = shape({
      orders: { id: 'int' },
      'big orders': { region: 'text' },
      Plan: { Region: 'text' },
    });
    const { template, text, replaced } = await opened(liveJoin(), wanted);
    expect(replacedConnection(replaced)).toEqual({
      connections: ['postgres db.example.com/shop', 'excel-direct'],
      tables: [
        { from: 'sales.orders', to: 'orders' },
        { from: 'custom SQL "big orders"', to: 'big orders' },
        { from: 'Plan$', to: 'Plan' },
      ],
    });
    expect(text).not.toMatch(/select|excel-direct|ann|<columns/);
    expect(text).toContain(`name='Plan$' table='[out].[Plan]' type='table' />`);
    expect(text).toContain(`<expression op='[big orders].[region]' /><expression op='[Plan$].[Region]' />`);
    expect(checkFit(describeTemplate(template), wanted)).toEqual([]);
    expect(text).toContain('<remote-type>3</remote-type>');
    expect(parameterFindings(replaced)).toEqual([
      expect.objectContaining({
        code: 'EXT4314',
        message:
          'custom SQL "big orders" of the template depends on the parameter "Limit"; table "big orders" of the extract has the same rows whatever its value is',
      }),
    ]);
  });

  it('of before Tableau 10 gets a connection with another inside', async () => {
    const wanted = shape({ orders: { id: 'bigint' } });
    const { template, replaced } = await opened(liveBefore10(), wanted);
    expect(replacedConnection(replaced).connections).toEqual(['postgres db.example.com/shop']);
    expect(describeTemplate(template)).toMatchObject({ flavour: 'live', listsColumns: true });
    expect(checkFit(describeTemplate(template), wanted)).toEqual([]);
  });

  it('needs a table for everything that it reads, and never reads one table for two', async () => {
    const wanted = shape({ orders: { id: 'bigint' } });
    const { template, replaced } = await opened(liveJoin(), wanted);
    const findings = checkFit(describeTemplate(template), wanted);
    expect(findings.map(({ code, table }) => `${code} ${table}`)).toEqual([
      'EXT4301 big orders',
      'EXT4301 Plan',
    ]);
    expect(['big orders', 'Plan', 'x'].map((table) => remedyFor(table, replaced))).toEqual([
      'add a table "big orders" to the pipeline, with the custom SQL "big orders" as its query',
      'add a table "Plan" to the pipeline',
      undefined,
    ]);
    const twin = liveModel().replaceAll(
      /name='people' table='\[public\]\.\[people\]'/g,
      `name='orders1' table='[archive].[orders]'`,
    );
    const two = await opened(twin, shape({ orders: { region: 'text', sales: 'double' } }));
    expect(replacedConnection(two.replaced).tables).toEqual([
      { from: 'public.orders', to: 'orders' },
      { from: 'archive.orders', to: 'orders1' },
    ]);
  });

  it('is replaced in its package, too, whose files of the old connection are left out', async () => {
    const path = buildPackage(folder, 'live.tdsx', [
      { name: 'Shop.tds', data: liveModel() },
      { name: 'Image/logo.png', data: 'picture' },
    ]);
    const template = await openTemplate(path, { shape: model });
    const hyperPath = join(folder, 'x.hyper');
    writeFileSync(hyperPath, 'HyPer and more');
    const outputPath = join(folder, 'out.tdsx');
    await swapExtract({ template, hyperPath, outputPath });
    const written = await openComplete(outputPath);
    expect(written.package.zip.entries.map(({ name }) => name)).toEqual([
      'Shop.tds',
      'Image/logo.png',
      'Data/Extracts/Shop.hyper',
    ]);
    expect(written.document.bytes.equals(template.document.bytes)).toBe(true);
    // What was written is a template of its own.
    copyFileSync(outputPath, join(folder, 'again.tdsx'));
    expect((await openTemplate(join(folder, 'again.tdsx'), { shape: model })).replaced).toBeUndefined();
  });

  it('to a published data source is refused', async () => {
    const path = join(folder, 'Published.tds');
    writeFileSync(path, liveBefore10().replace("class='postgres'", "class='sqlproxy'"));
    await expect(openTemplate(path, { shape: model })).rejects.toMatchObject({
      code: 'EXT4202',
      hint: 'download that data source from the server and use it as the template',
    });
  });
});
