import { describe, expect, it } from 'vitest';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { extracted, live, related } from './support/documents.ts';

const describeText = (text: string) =>
  describeTemplate(templateFromDocument(Buffer.from(text), 'x', 'Shop.tds'));

describe('describing a template', () => {
  it('describes tables, fields, relationships and their uses', () => {
    const orders = { schema: 'public', name: 'Orders', caption: 'Orders', relation: 'Orders' };
    const people = { schema: 'public', name: 'People', caption: 'People', relation: 'People' };
    const uses = [{ kind: 'relationship', name: 'Orders and People', through: [] }];
    const field = (
      name: string,
      datatype: string,
      table: object,
      column: string,
      remoteType: string,
      kind: string,
    ) => ({
      name,
      caption: undefined,
      kind: 'column',
      origin: { table, column, localType: datatype, remoteType, type: { kind } },
      datatype,
      role: undefined,
      aggregation: undefined,
      hidden: false,
      description: undefined,
      formula: undefined,
      needs: [],
      unknown: [],
      uses,
    });
    expect(describeText(related())).toEqual({
      name: 'Shop',
      writtenBy: undefined,
      spelling: 'prefixed',
      flavour: 'live',
      entry: 'Data/shop/shop.hyper',
      origin: undefined,
      isWithoutExtract: false,
      tables: [orders, people],
      listsColumns: true,
      fields: [
        field('Region', 'string', orders, 'Region', '129', 'text'),
        field('Year', 'integer', orders, 'Year', '20', 'bigint'),
        {
          ...field('Region (People)', 'string', people, 'Region', '129', 'text'),
          caption: 'Region Owner',
          role: 'dimension',
        },
        field('Since', 'integer', people, 'Since', '3', 'int'),
      ],
      relationships: [
        { first: 'Orders', second: 'People', pairs: ['[Region] = [Region (People)]', '[Year] = [Since]'] },
      ],
      hierarchies: [],
      folders: [],
      filters: [],
      parameters: [],
      opaque: [],
      unnamed: [],
    });
  });

  it('describes calculated fields with what they need', () => {
    const { fields, filters, writtenBy } = describeText(live());
    expect(writtenBy).toBe('2023.3');
    expect(filters).toEqual([{ field: 'region' }]);
    expect(
      fields.flatMap(({ name, kind, needs }) => (kind === 'column' ? [] : [[name, kind, ...needs]])),
    ).toEqual([
      ['Calculation_1368249927221915648', 'calculation', 'amount', 'region'],
      ['Calculation_2', 'calculation', 'Calculation_1368249927221915648'],
      ['Amount (bin)', 'bin', 'amount'],
      ['Region (group)', 'group', 'region'],
      ['Top Regions', 'set', 'amount', 'region'],
    ]);
  });

  it('reads an extract by its own tables, not by those it was made from', () => {
    const { flavour, tables, fields } = describeText(extracted());
    expect(flavour).toBe('extract');
    expect(tables).toEqual([{ schema: 'Extract', name: 'Extract', caption: undefined, relation: 'Extract' }]);
    expect(fields.map(({ name, origin }) => [name, origin?.remoteType])).toEqual([
      ['Country', '129'],
      ['GDP', '5'],
    ]);
  });

  it('says what an extract was made from', () => {
    const text = extracted()
      .replace("increment-key=''", "increment-key='[Day]'")
      .replace("type='table' />", "type='text'>select 1 where 1 &lt;&lt; 2</relation>");
    expect(describeText(text).origin).toEqual({
      connections: [
        { class: 'sqlserver', caption: 'db.example.com', server: 'db.example.com', database: 'dwh' },
      ],
      queries: [{ name: 'Indicators', sql: 'select 1 where 1 < 2' }],
      incrementKey: 'Day',
    });
    const old = extracted().replace(
      /<connection class='federated'>[^]*?<\/named-connections>/,
      "<connection class='mysql' dbname='shop' server='db'>",
    );
    expect(describeText(old).origin?.connections).toEqual([
      { class: 'mysql', caption: undefined, server: 'db', database: 'shop' },
    ]);
  });

  it('names what a formula asks for and nothing is called', () => {
    const columns = `<column datatype='real' name='[c]' role='measure' type='quantitative'><calculation class='tableau' formula='[amuont] + [Parameters].[P] + [c]' /></column>`;
    const field = describeText(live({ columns })).fields.find(({ name }) => name === 'c')!;
    expect([field.needs, field.unknown]).toEqual([[], ['amuont']]);
  });

  it('finds the table of a column without metadata records when there is one table, or when the .tds maps it', () => {
    const without = (text: string) => text.replace(/<metadata-records>[^]*?<\/metadata-records>/, '');
    const origins = (text: string) =>
      describeText(text).fields.map(({ name, origin }) => [name, origin?.table?.name, origin?.localType]);
    expect(origins(without(live())).slice(0, 2)).toEqual([
      ['amount', 'sales', 'real'],
      ['note', 'sales', 'string'],
    ]);
    expect(origins(without(related()))).toEqual([
      ['Region', 'Orders', undefined],
      ['Year', 'Orders', undefined],
      ['Region (People)', 'People', 'string'],
      ['Since', 'People', undefined],
    ]);
    const unmapped = without(related()).replace(/<cols>[^]*?<\/cols>/, '');
    expect(origins(unmapped)).toEqual([
      ['Region (People)', undefined, 'string'],
      ['Region', undefined, undefined],
      ['Year', undefined, undefined],
      ['Since', undefined, undefined],
    ]);
  });

  it('takes what formulas and the like name for columns where the .tds lists none', () => {
    const bare = live({
      records: '',
      columns: `<column caption='Twice' datatype='real' name='[c]' role='measure' type='quantitative'><calculation class='tableau' formula='[amount] * 2 + [Parameters].[P] + [Twice]' /></column>`,
    });
    const { fields, listsColumns } = describeText(bare);
    expect(listsColumns).toBe(false);
    expect(fields.map(({ name, origin, needs }) => [name, origin?.column, ...needs])).toEqual([
      ['amount', 'amount'],
      ['region', 'region'],
      ['day', 'day'],
      ['c', undefined, 'amount'],
      ['Top Regions', undefined, 'amount', 'region'],
    ]);
  });
});
