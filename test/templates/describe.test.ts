import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../src/render/template-text.ts';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { extracted, live, record, related } from './support/documents.ts';

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

  it('describes parameters with their value and the values that users can choose', () => {
    const parameter = (attributes: string, inside = '') =>
      `<column role='measure' type='quantitative' ${attributes}>${inside}</column>`;
    const semantics = `<datasource-dependencies datasource='Parameters'>${[
      parameter("caption='Target' datatype='real' name='[P1]' param-domain-type='any' value='100.'"),
      parameter(
        "caption='Growth' datatype='real' name='[P2]' param-domain-type='range' value='0.1'",
        "<range granularity='0.05' max='1.' min='0.' />",
      ),
      parameter(
        "caption='Region' datatype='string' name='[P3]' param-domain-type='list' value='&quot;E&quot;'",
        "<aliases><alias key='&quot;W&quot;' value='West' /></aliases><members><member alias='East' value='&quot;E&quot;' /><member value='&quot;W&quot;' /><member value='&quot;&quot;' /></members>",
      ),
      parameter(
        "caption='Since' datatype='date' name='[P4]' param-domain-type='range' value='#2026-01-01#'",
        "<range granularity='1' min='#2020-01-01#' period-type-v2='month' />",
      ),
      parameter(
        "caption='Year' datatype='integer' name='[P5]' param-domain-type='list' value='2000'",
        `<members>${Array.from({ length: 14 }, (_, n) => `<member value='${2000 + n}' />`).join('')}</members>`,
      ),
    ].join('')}</datasource-dependencies>`;
    const described = describeText(live({ semantics }));
    expect(described.parameters.slice(0, 4)).toEqual([
      { name: 'P1', caption: 'Target', datatype: 'real', value: '100' },
      {
        name: 'P2',
        caption: 'Growth',
        datatype: 'real',
        value: '0.1',
        range: { min: '0', max: '1', step: '0.05' },
      },
      {
        name: 'P3',
        caption: 'Region',
        datatype: 'string',
        value: 'E',
        list: [{ value: 'E', alias: 'East' }, { value: 'W', alias: 'West' }, { value: '' }],
      },
      {
        name: 'P4',
        caption: 'Since',
        datatype: 'date',
        value: '2026-01-01',
        range: { min: '2020-01-01', step: '1', unit: 'month' },
      },
    ]);
    expect(renderTemplate(described, false)).toContain(`
Parameters
  Target (real)    100
  Growth (real)    0.1         from 0 to 1 in steps of 0.05
  Region (string)  "E"         one of "E" (East), "W" (West), ""
  Since (date)     2026-01-01  from 2020-01-01 in steps of 1 month
  Year (integer)   2000        one of 2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, 2 more
`);
  });

  it('shows formulas with the captions of calculations and parameters', () => {
    const columns = `<column caption='Ratio' datatype='real' name='[Calculation_1]' role='measure' type='quantitative'><calculation class='tableau' formula='SUM([amount])' /></column>
<column datatype='real' name='[c]' role='measure' type='quantitative'><calculation class='tableau' formula='[Calculation_1] * [Parameters].[P] // [Calculation_1]' /></column>`;
    const semantics = `<datasource-dependencies datasource='Parameters'><column caption='Rate' datatype='real' name='[P]' param-domain-type='any' role='measure' type='quantitative' value='1.' /></datasource-dependencies>`;
    const [ratio, field] = describeText(live({ columns, semantics })).fields.slice(-2);
    expect(ratio).not.toHaveProperty('readableFormula');
    expect(field).toMatchObject({
      formula: '[Calculation_1] * [Parameters].[P] // [Calculation_1]',
      readableFormula: '[Ratio] * [Parameters].[Rate] // [Calculation_1]',
    });
  });

  it('knows the fields of other data sources, and tables, from its own fields', () => {
    const formula = (text: string) =>
      `<column datatype='real' name='[c]' role='measure' type='quantitative'><calculation class='tableau' formula='${text}' /></column>`;
    const needsOf = (text: string) => {
      const { fields } = describeText(live({ columns: formula(text), records: '', semantics: '' }));
      const field = fields.find(({ name }) => name === 'c');
      return { needs: field?.needs, unknown: field?.unknown, columns: fields.length - 1 };
    };
    expect(
      needsOf('SUM([federated.9z].[amount]) / COUNT([__tableau_internal_object_id__].[sales (x)_1])'),
    ).toEqual({
      needs: [],
      unknown: [],
      columns: 0,
    });
    expect(needsOf('SUM([federated.1a2b3c].[amount]) + [sales].[day]')).toEqual({
      needs: ['amount', 'day'],
      unknown: [],
      columns: 2,
    });
  });

  it('has no field for a column whose type Tableau does not read', () => {
    const bare = record('at', 'x', 0)
      .replace(/<local-name>.*\n/, '')
      .replace(/<local-type>.*\n/, '');
    const { fields } = describeText(
      live({ columns: '', records: record('amount', 'real', 5) + bare, semantics: '' }),
    );
    expect(fields.map(({ name }) => name)).toEqual(['amount']);
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
