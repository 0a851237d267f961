import { describe, expect, it } from 'vitest';
import { checkGenerated } from '../../../src/templates/generate/check-description.ts';
import { generateDocument } from '../../../src/templates/generate/document.ts';
import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';
import { shop } from '../support/shop.ts';

const messages = (change: Partial<GeneratedTemplate>) =>
  checkGenerated({ ...shop, ...change }).map(({ code, path, message, hint }) => [
    code,
    path.join('/'),
    hint === undefined ? message : `${message} (${hint})`,
  ]);

const calculation = (name: string, formula: string) => ({ name, formula, datatype: 'real' as const });
const bare = { hierarchies: [], folders: [] };

describe('checking a description', () => {
  it('finds nothing wrong with one that is right', () => expect(messages({})).toEqual([]));

  it('wants a Tableau version', () => {
    expect(messages({ tableau: '2020.1' })).toEqual([
      ['EXT4401', 'tableau', '"2020.1" is no version of Tableau from 2020.2 on (for example "2023.1")'],
    ]);
  });

  it('suggests the field that was meant', () => {
    expect(messages({ ...bare, calculations: [calculation('A', 'SUM([Amuont ($)]) + [xyz]')] })).toEqual([
      ['EXT4406', 'calculations/0/formula', 'there is no field [Amuont ($)] (did you mean [Amount ($)]?)'],
      ['EXT4406', 'calculations/0/formula', 'there is no field [xyz]'],
    ]);
  });

  it('refuses unknown parameters, unclosed text and circles', () => {
    const calculations = [
      calculation('A', '[Parameters].[P]'),
      calculation('B', "LEFT('x, 1)"),
      calculation('C', '[D] + 1'),
      calculation('D', '-[C]'),
    ];
    expect(messages({ ...bare, calculations })).toEqual([
      ['EXT4406', 'calculations/0/formula', 'there is no parameter "P"'],
      ['EXT4408', 'calculations/1/formula', 'in the formula, a string in single quotes is not closed'],
      ['EXT4409', 'calculations/2/formula', 'calculation "C" is made of itself, directly or through others'],
      ['EXT4409', 'calculations/3/formula', 'calculation "D" is made of itself, directly or through others'],
    ]);
  });

  it('refuses a caption that means two fields', () => {
    const [orders, customers] = shop.tables;
    const columns = customers!.columns.map((column) =>
      column.name === 'lat' ? { ...column, caption: 'Status' } : column,
    );
    const tables = [orders!, { ...customers!, columns }];
    expect(
      messages({ ...bare, tables, calculations: [calculation('A', 'MIN([Status]) + [status]')] }),
    ).toEqual([
      [
        'EXT4407',
        'calculations/0/formula',
        'several fields have the caption "Status": [status], [lat] (name the field itself instead of its caption, or a column as table.column)',
      ],
    ]);
  });

  it('refuses names given twice', () => {
    const [orders, customers] = shop.tables;
    expect(messages({ ...bare, calculations: [calculation('A', '1'), calculation('A', '2')] })).toEqual([
      expect.arrayContaining(['EXT4403', 'calculations/1/name']),
      ['EXT4403', 'calculations/1/name', 'there are two of the calculation "A"'],
    ]);
    expect(
      messages({ ...bare, calculations: [], tables: [orders!, { ...customers!, name: 'orders' }] }),
    ).toContainEqual(['EXT4403', 'tables/1/name', 'there are two of the table "orders"']);
  });

  it('refuses types that Tableau has no name for, and text that XML cannot hold', () => {
    const [orders, customers] = shop.tables;
    const columns = [...orders!.columns, { name: 'at', type: { kind: 'timestamptz' as const } }];
    expect(messages({ tables: [{ ...orders!, columns }, customers!] })).toEqual([
      [
        'EXT4404',
        'tables/0/columns/7/type',
        'column "at" of table "orders" has type timestamptz, which Tableau has no field type for (declare it as timestamp with at_zone: UTC, or another zone)',
      ],
    ]);
    expect(messages({ name: 'a\u0001b' })).toEqual([
      ['EXT4405', 'name', '"a\\u0001b" contains a character that no XML file can hold'],
    ]);
    expect(messages({ name: 'half \ud800' })).toHaveLength(1);
    expect(messages({ name: 'whole \u{1f600}' })).toEqual([]);
  });

  it('wants relationships that join all tables into one tree', () => {
    const [relationship] = shop.relationships;
    expect(messages({ relationships: [] })).toEqual([
      ['EXT4410', 'relationships', 'no relationship joins "customers" with "orders"'],
    ]);
    expect(messages({ relationships: [relationship!, relationship!] })).toEqual([
      [
        'EXT4410',
        'relationships/1',
        '"orders" and "customers" are related already: orders – customers (relationships join all tables in one tree; remove one of those on this way)',
      ],
    ]);
    const to = { table: 'customers', columns: ['idd'] };
    expect(messages({ relationships: [{ ...relationship!, to }] }).map(([, path]) => path)).toEqual([
      'relationships/0/to/columns/0',
      'relationships/0',
    ]);
  });

  it('keeps generateDocument from writing what is wrong', () => {
    expect(() => generateDocument({ ...shop, tables: [] })).toThrow(
      expect.objectContaining({ code: 'EXT4400', message: 'no data source can be made: there is no table' }),
    );
  });
});
