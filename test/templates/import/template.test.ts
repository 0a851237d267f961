import { describe, expect, it } from 'vitest';
import { checkGenerated } from '../../../src/templates/generate/check-description.ts';
import { importTemplate } from '../../../src/templates/import/import.ts';
import { templateFromDocument } from '../../../src/templates/open-template.ts';
import { extracted, extractedTables, live, record, related } from '../support/documents.ts';

const imported = (text: string, name = 'Sales 2023.tds') =>
  importTemplate(templateFromDocument(Buffer.from(text), 'x.tds', name));

describe('importing a template that Desktop saved', () => {
  it('carries over what can be generated and lists the rest', () => {
    const result = imported(live());
    expect(result).toEqual({
      template: {
        name: 'Sales 2023',
        tableau: '2023.3',
        schema: 'public',
        tables: [
          {
            name: 'sales',
            columns: [
              { name: 'amount', type: { kind: 'double' }, caption: 'Amount' },
              { name: 'region', type: { kind: 'text' } },
              { name: 'day', type: { kind: 'date' } },
              { name: 'note', type: { kind: 'text' }, hidden: true },
            ],
          },
        ],
        relationships: [],
        calculations: [
          {
            name: 'Profit Ratio',
            formula: 'SUM([amount]) // not [note]\r\n/ COUNTD([region])',
            datatype: 'real',
            localName: 'Calculation_1368249927221915648',
          },
          { name: 'Rank', formula: 'RANK([Profit Ratio])', datatype: 'integer', localName: 'Calculation_2' },
        ],
        hierarchies: [{ name: 'When', fields: ['day'] }],
        folders: [{ name: 'Dates', fields: ['day'] }],
      },
      lost: [
        'bin "Amount (bin)": bins cannot be generated',
        'group "Region (group)": groups cannot be generated; a calculation with CASE does the same',
        'set "Top Regions": sets cannot be generated',
        'data source filter on [region]',
      ],
    });
    expect(checkGenerated(result.template)).toEqual([]);
  });

  it('carries calculations that Tableau has stored in the extract, and leaves out what dashboards left behind', () => {
    const added = `  <column datatype='integer' name='[Number of Records]' role='measure' type='quantitative' user:auto-column='numrec'><calculation class='tableau' formula='1' /></column>
  <group caption='Action (Country)' hidden='true' name='[Action (Country)]' name-style='unqualified' user:auto-column='sheet_link'><groupfilter function='level-members' level='[Country]' /></group>\n`;
    const gdp = record('GDP', 'real', 5, { parent: 'Extract' });
    const stored = extracted()
      .replace('  <extract ', `${added}  <extract `)
      .replace(gdp, gdp + record('Number of Records', 'integer', 20, { parent: 'Extract' }));
    const [{ template, lost }, without] = [imported(stored), imported(extracted())];
    expect(template.calculations).toEqual([
      { name: 'Number of Records', formula: '1', datatype: 'integer', localName: 'Number of Records' },
    ]);
    expect(template.tables).toEqual(without.template.tables);
    expect(lost).toEqual(without.lost);
  });

  it('turns an extract of a database into a data source of its own', () => {
    const { template, lost } = imported(extracted());
    expect(template.tables).toEqual([
      {
        name: 'Extract',
        columns: [
          { name: 'Country', type: { kind: 'text' }, caption: 'Country / Region', geo: 'country' },
          {
            name: 'GDP',
            type: { kind: 'double' },
            caption: 'GDP (curr $)',
            aggregation: 'Avg',
            format: 'c"$"#,##0',
          },
        ],
      },
    ]);
    expect(lost).toEqual([
      'the connection the extract was made from (sqlserver) and its refresh settings: a generated one reads the .hyper',
    ]);
  });

  it('keeps relationships of several columns and the names of fields that two tables share', () => {
    const { template, lost } = imported(related());
    expect(lost).toEqual([]);
    expect(template).toMatchObject({
      tableau: '2020.2',
      relationships: [
        {
          from: { table: 'Orders', columns: ['Region', 'Year'] },
          to: { table: 'People', columns: ['Region', 'Since'] },
        },
      ],
      tables: [{}, { columns: [{ name: 'Region', caption: 'Region Owner' }, { name: 'Since' }] }],
    });
    expect(checkGenerated(template)).toEqual([]);
  });

  it('gives the tables of an extract their own names back', () => {
    const { template } = imported(extractedTables());
    expect(template).toMatchObject({
      tableau: '2026.1',
      schema: 'Extract',
      tables: [
        { name: 'Orders', columns: [{ name: 'id' }, { name: 'person' }] },
        { name: 'People', columns: [{ name: 'id', caption: 'Person', role: 'dimension' }] },
      ],
      relationships: [
        { from: { table: 'Orders', columns: ['person'] }, to: { table: 'People', columns: ['id'] } },
      ],
    });
    expect(template.tables[1]!.columns[0]).not.toHaveProperty('localName');
    expect(checkGenerated(template)).toEqual([]);
  });

  it('gives each of two calculations, hierarchies or folders of one name a place of its own', () => {
    const calculation = (name: string, caption: string, formula: string) =>
      `<column caption='${caption}' datatype='real' name='[${name}]' role='measure' type='quantitative'><calculation class='tableau' formula='${formula}' /></column>`;
    const columns = [
      calculation('Calculation_1', 'Ratio', 'SUM([amount])'),
      calculation('Calculation_2', 'Ratio', '[Calculation_1] * 2'),
      calculation('Calculation_3', 'Ratio 2', '[Calculation_2] + [Calculation_1]'),
      calculation('Calculation_4', 'Ratio', '4'),
    ].join('\n');
    const semantics = `<drill-paths><drill-path name='When'><field>[day]</field></drill-path><drill-path name='When'><field>[region]</field></drill-path></drill-paths>
<folder name='Main' role='dimensions'><folder-item name='[region]' type='field' /></folder>
<folder name='Main' role='measures'><folder-item name='[amount]' type='field' /></folder>`;
    const { template, lost } = imported(live({ columns, semantics }));
    expect(checkGenerated(template)).toEqual([]);
    expect(template.calculations.map(({ name, localName, formula }) => [name, localName, formula])).toEqual([
      ['Ratio', 'Calculation_1', 'SUM([amount])'],
      ['Ratio 3', 'Calculation_2', '[Calculation_1] * 2'],
      ['Ratio 2', 'Calculation_3', '[Calculation_2] + [Calculation_1]'],
      ['Ratio 4', 'Calculation_4', '4'],
    ]);
    expect(template.hierarchies).toEqual([
      { name: 'When', fields: ['day'] },
      { name: 'When 2', fields: ['region'] },
    ]);
    expect(template.folders).toEqual([{ name: 'Main', fields: ['region', 'amount'] }]);
    expect(lost).toEqual([
      'hierarchy "When" is called "When 2": an earlier one has its name',
      'calculation "Ratio" is called "Ratio 3": an earlier one has its name',
      'calculation "Ratio" is called "Ratio 4": an earlier one has its name',
    ]);
  });

  it('carries one of two fields that show the same column, and names the other one', () => {
    const records =
      record('amount', 'real', 5) +
      record('amount', 'real', 5, { local: 'again' }) +
      record('region', 'string', 129);
    const columns =
      "<column caption='Twice' datatype='real' name='[t]' role='measure' type='quantitative'><calculation class='tableau' formula='[again] * 2' /></column>";
    const { template, lost } = imported(live({ columns, records, semantics: '' }));
    expect(template.tables[0]?.columns.map(({ name }) => name)).toEqual(['amount', 'region']);
    expect(lost).toEqual([
      'column "again": "amount" shows the column "amount" already; a calculation with its name shows it again',
      'calculation "Twice": it needs [again], which cannot be carried over',
    ]);
  });

  it('never takes a field of its own for one of another data source of the workbook', () => {
    const formula = (caption: string, text: string) =>
      `<column caption='${caption}' datatype='real' name='[${caption}]' role='measure' type='quantitative'><calculation class='tableau' formula='${text}' /></column>`;
    const columns = [
      formula('Blend', 'SUM([amount]) / SUM([federated.9z].[amount])'),
      formula('Rows', 'COUNT([__tableau_internal_object_id__].[sales (x)_09F221A305E84154B13EBB26BDF24BC2])'),
      formula('Both', '[Blend] + [Rows]'),
    ].join('');
    const { template, lost } = imported(live({ columns, semantics: '' }));
    expect(template.calculations).toEqual([]);
    expect(lost).toEqual([
      'calculation "Blend": it uses [amount] of another data source, "federated.9z"',
      'calculation "Rows": it counts the rows of "sales (x)": count one of its columns instead',
      'calculation "Both": it needs [Blend], which cannot be carried over',
    ]);
  });

  it('says that a parameter no longer follows a field', () => {
    const parameters =
      "<datasource-dependencies datasource='Parameters'><column caption='Top' datatype='integer' default-value-field='[x].[y]' name='[Parameter 1]' param-domain-type='any' role='measure' source-field='[x].[z]' type='quantitative' value='3'><calculation class='tableau' formula='3' /></column></datasource-dependencies>";
    expect(imported(live({ columns: '', semantics: parameters })).lost).toEqual([
      'parameter "Top": its value stays as it is; it came from a field whenever a workbook was opened',
      'parameter "Top": its list stays as it is; it came from a field whenever a workbook was opened',
    ]);
  });

  it('lists what depends on something that cannot be carried over', () => {
    const field = (name: string, formula: string) =>
      `<column caption='${name}' datatype='real' name='[${name}]' role='measure' type='quantitative'><calculation class='tableau' formula='${formula}' /></column>`;
    const columns = [
      field('A', '[Parameters].[Parameter 1] * 2'),
      field('B', '[A] + 1'),
      field('C', '[gone]'),
      field('D', '1').replace("class='tableau'", "class='passthrough'"),
      field('E', '[Number]'),
      "<column caption='Day' datatype='string' datatype-customized='true' name='[day]' role='dimension' semantic-role='[Planet].[Name]' type='nominal' user:x='1'><aliases><alias key='x' value='y' /></aliases></column>",
      "<column caption='Sum' aggregation='Var' datatype='real' name='[amount]' role='measure' type='quantitative' />",
    ].join('\n');
    const parameters =
      "<datasource-dependencies datasource='Parameters'><column caption='Rate' datatype='real' name='[Parameter 1]' role='measure' type='quantitative' /></datasource-dependencies>";
    const semantics = `<style><style-rule element='mark' /></style>${parameters}`;
    const { template, lost } = imported(live({ columns, semantics }));
    expect(template.calculations).toEqual([]);
    expect(lost).toEqual([
      'parameter "Rate": the file does not say its value',
      'calculation "A": it uses the parameter [Parameter 1], which cannot be carried over',
      'calculation "B": it needs [A], which cannot be carried over',
      'calculation "C": it uses [gone], which is no field',
      'calculation "D": calculations of class "passthrough" cannot be generated',
      'calculation "E": it uses [Number], which is no field',
      '<style>',
      'field "Sum": aggregation Var',
      'field "Day": user:x',
      'field "Day": its type was changed to string; let the pipeline give the column that type',
      'field "Day": geographic role [Planet].[Name]',
      'field "Day": alias "y" of x',
    ]);
  });
});
