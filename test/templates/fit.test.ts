import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../src/model/config/column-type.ts';
import { parseColumnType } from '../../src/model/config/column-type.ts';
import { describeTemplate } from '../../src/templates/describe-template.ts';
import { checkFit } from '../../src/templates/match.ts';
import type { ExtractShape } from '../../src/templates/fit-finding.ts';
import { generateDocument } from '../../src/templates/generate/document.ts';
import { templateFromDocument } from '../../src/templates/open-template.ts';
import { extracted, extractedTables, live, record, related } from './support/documents.ts';

const describeText = (text: string) =>
  describeTemplate(templateFromDocument(Buffer.from(text), 'x.tds', 'x.tds'));

/** `sales: amount double, region text` */
function shape(schema: string, ...tables: string[]): ExtractShape {
  return {
    schema,
    tables: tables.map((table) => {
      const [name = '', columns = ''] = table.split(': ');
      return {
        name,
        columns: columns.split(', ').map((column) => {
          const [, columnName = '', type = ''] = /^(.*) (\S+)$/.exec(column) ?? [];
          return { name: columnName, type: parseColumnType(type) as ColumnType };
        }),
      };
    }),
  };
}

const told = (text: string, extract: ExtractShape) =>
  checkFit(describeText(text), extract).map(
    ({ severity, code, message }) => `${severity} ${code} ${message}`,
  );

const sales = 'sales: amount double, region text, day date, note text';

describe('the fit of an extract', () => {
  it.each([
    ['live, prefixed', live(), shape('public', sales)],
    ['live, plain', live({ spelling: 'plain' }), shape('public', sales)],
    ['extract', extracted(), shape('Extract', 'Extract: Country text, GDP double')],
    [
      'two tables',
      related(),
      shape('public', 'Orders: Region text, Year bigint', 'People: Region text, Since int'),
    ],
    [
      'extract of two tables',
      extractedTables(),
      shape(
        'Extract',
        'Orders_4A2273C4362E41DEA7258D5051022F80: id bigint, person bigint',
        'People_1F0E3DAD99908345F7439F8FFABDFFC4: id bigint',
      ),
    ],
    ['without metadata records', live({ records: '' }), shape('public', sales)],
  ])('is fine: %s', (_, text, extract) => expect(told(text, extract)).toEqual([]));

  it('names the field, what uses it and the column that was meant', () => {
    const extract = shape('public', 'sales: ammount double, region text, day date');
    expect(told(live(), extract)).toEqual([
      'error EXT4302 field "Amount" ([amount]) (used by calculation "Profit Ratio", bin "Amount (bin)", set "Top Regions", and 1 more) needs column "amount", which table "sales" of the extract does not have; did it become "ammount"?',
      'warning EXT4303 field "note" needs column "note", which table "sales" of the extract does not have',
    ]);
  });

  it('reports chains, relationships, hierarchies, folders, groups and filters', () => {
    const uses = (text: string, name: string) =>
      describeText(text)
        .fields.find((field) => field.name === name)!
        .uses.map(({ kind, name: user, through }) => [kind, user, ...through].join(' < '));
    expect(uses(live(), 'amount')).toEqual([
      'calculation < Profit Ratio',
      'bin < Amount (bin)',
      'set < Top Regions',
      'calculation < Rank < Profit Ratio',
    ]);
    expect(uses(live(), 'region')).toEqual([
      'filter < region',
      'calculation < Profit Ratio',
      'group < Region (group)',
      'set < Top Regions',
      'calculation < Rank < Profit Ratio',
    ]);
    expect(uses(live(), 'day')).toEqual(['hierarchy < When', 'folder < Dates']);
    expect(uses(live(), 'note')).toEqual([]);
    expect(uses(related(), 'Region (People)')).toEqual(['relationship < Orders and People']);
  });

  it('sees joins of tables, a table joined with itself, and columns below a query', () => {
    const joined = live()
      .replace(
        /<_\.fcp\.ObjectModelEncapsulateLegacy\.true\.\.\.relation .*\/>/,
        `<relation join='inner' type='join'>
           <clause type='join'><expression op='='><expression op='[sales].[region]' /><expression op='[sales1].[amount]' /></expression></clause>
           <relation connection='hyper.0abc' name='sales' table='[public].[sales]' type='table' />
           <relation connection='hyper.0abc' name='sales1' table='[public].[sales]' type='table' />
           <relation connection='hyper.0abc' name='Custom SQL Query' type='text'>SELECT 1</relation>
         </relation>`,
      )
      .replace(
        '</metadata-records>',
        `${record('old', 'string', 129, { parent: 'sales1', local: 'old (sales1)' })}</metadata-records>`,
      );
    expect(told(joined, shape('public', sales))).toEqual([
      'error EXT4302 field "old (sales1)" needs column "old", which table "sales" of the extract does not have',
      'note EXT4310 the template makes "Custom SQL Query" from a query or union over the extract; what that needs is not checked',
    ]);
    const region = describeText(joined).fields.find(({ name }) => name === 'region')!;
    expect(region.uses[0]).toEqual({ kind: 'join', name: 'sales and sales1', through: [] });
  });

  it('compares types as Tableau shows them', () => {
    expect(
      told(live(), shape('public', 'sales: amount text, region varchar(9), day timestamp, note time')),
    ).toEqual([
      'error EXT4305 field "Amount" ([amount]) (used by calculation "Profit Ratio", bin "Amount (bin)", set "Top Regions", and 1 more) is real in the template, but column "amount" of table "sales" has type text, which is string in Tableau',
      'error EXT4305 field "day" (used by hierarchy "When", folder "Dates") is date in the template, but column "day" of table "sales" has type timestamp, which is datetime in Tableau',
      'warning EXT4307 column "note" of table "sales" has type time, which Tableau has no field type for; cast it',
    ]);
    expect(
      told(related(), shape('public', 'Orders: Region text, Year int', 'People: Region text, Since int')),
    ).toEqual([
      'note EXT4306 column "Year" of table "Orders" was stored otherwise when the template was saved; it is int now and stays integer in Tableau',
    ]);
  });

  it('says in one note that a template lists no columns, and warns of those that its formulas miss', () => {
    const unlisted = live({ records: '' });
    expect(told(unlisted, shape('public', `${sales}, new text, newer text`))).toEqual([
      'note EXT4311 the template does not list the columns of table "sales": Tableau shows every column that the extract has',
    ]);
    expect(told(unlisted, shape('public', 'sales: amount double, region text, note text'))).toEqual([
      'warning EXT4312 field "day" (used by hierarchy "When", folder "Dates") needs column "day", which table "sales" of the extract does not have',
    ]);
    expect(told(unlisted, shape('public', 'sales: amount double, region text, DAY date, note text'))).toEqual(
      [
        'warning EXT4312 field "day" (used by hierarchy "When", folder "Dates") needs column "day" of table "sales", which the extract spells "DAY"',
      ],
    );
  });

  it('knows a hidden field that the extract of the template was made without', () => {
    const hidden = extracted().replace(
      '  <extract ',
      "  <column datatype='string' hidden='true' name='[Note]' role='dimension' type='nominal' />\n  <extract ",
    );
    expect(told(hidden, shape('Extract', 'Extract: Country text, GDP double, Note text, More text'))).toEqual(
      [
        'note EXT4313 column "Note" of table "Extract" was left out of the template\'s extract; its field "Note" stays hidden',
        'warning EXT4308 column "More" of table "Extract" is not in the template and will appear as a new field',
      ],
    );
  });

  it('needs no column for a calculation that Tableau has stored in the extract', () => {
    const net = `  <column caption='Net' datatype='real' name='[Calculation_2]' role='measure' type='quantitative'><calculation class='tableau' formula='[GDP] / 1.19' /></column>\n`;
    const stored = extracted()
      .replace('  <extract ', `${net}  <extract `)
      .replace(
        record('GDP', 'real', 5, { parent: 'Extract' }),
        `${record('GDP', 'real', 5, { parent: 'Extract' })}${record('Calculation_2', 'real', 5, { parent: 'Extract' })}`,
      );
    expect(told(stored, shape('Extract', 'Extract: Country text, GDP double'))).toEqual([]);
    expect(told(stored, shape('Extract', 'Extract: Country text, GDP double, Calculation_2 double'))).toEqual(
      [],
    );
    expect(told(stored, shape('Extract', 'Extract: Country text, Calculation_2 text'))).toEqual([
      'error EXT4302 field "GDP (curr $)" ([GDP]) (used by calculation "Net") needs column "GDP", which table "Extract" of the extract does not have',
      'error EXT4305 field "Net" ([Calculation_2]) is real in the template, but column "Calculation_2" of table "Extract" has type text, which is string in Tableau',
    ]);
    const description = describeText(stored);
    expect(description.fields.map(({ name, kind, needs }) => [name, kind, ...needs])).toEqual([
      ['Country', 'column'],
      ['GDP', 'column'],
      ['Calculation_2', 'calculation', 'GDP'],
    ]);
  });

  it('accepts a type that was changed in Tableau', () => {
    const columns = `<column datatype='string' datatype-customized='true' name='[amount]' role='dimension' type='nominal' />`;
    expect(told(live({ columns }), shape('public', sales))).toEqual([]);
    expect(
      told(live({ columns, records: '' }), shape('public', 'sales: amount double, region text, day date')),
    ).toEqual([]);
  });

  it('reports missing, misspelled and unused tables, new columns and letter case', () => {
    expect(told(live(), shape('public', 'Sales: amount double'))).toEqual([
      'error EXT4301 the template reads its 4 fields from table "public"."sales", but the extract has "public"."Sales"',
      'warning EXT4309 table "public"."Sales" is not used by the template',
    ]);
    expect(told(live(), shape('Extract', sales))[0]).toBe(
      'error EXT4301 the template reads its 4 fields from table "public"."sales", but the extract has it in schema "Extract"',
    );
    expect(told(live(), shape('public', `${sales}, new text`, 'more: x int'))).toEqual([
      'warning EXT4308 column "new" of table "sales" is not in the template and will appear as a new field',
      'warning EXT4309 table "public"."more" is not used by the template',
    ]);
    expect(told(live(), shape('public', 'sales: amount double, region text, day date, NOTE text'))).toEqual([
      'error EXT4304 field "note" needs column "note" of table "sales", which the extract spells "NOTE"',
    ]);
  });

  it('finds each random change and nothing else', () => {
    const types = ['text', 'bigint', 'date'] as const;
    const change = fc.constantFrom('keep', 'drop', 'rename', 'retype', 'case');
    const column = fc.record({ change, type: fc.nat(2), hidden: fc.boolean(), used: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(fc.array(column, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        (plan) => {
          const tableOf = (t: number) => `t${t}`;
          // Letters only the column's own number is made of, so that no two names are near each other.
          const nameOf = (t: number, c: number) => `${'abc'[t]!.repeat(4)}${'pqrstu'[c]!.repeat(4)}x`;
          const tables = plan.map((columns, t) => ({
            name: tableOf(t),
            columns: columns.map(({ type, hidden }, c) => ({
              name: nameOf(t, c),
              type: { kind: types[type]! },
              ...(hidden ? { hidden } : {}),
            })),
          }));
          const used = plan.flatMap((columns, t) =>
            columns.flatMap((one, c) => (one.used ? [nameOf(t, c)] : [])),
          );
          const description = describeText(
            generateDocument({
              name: 'random',
              tableau: '2023.1',
              schema: 's',
              tables,
              relationships: tables.slice(1).map(({ name, columns }) => ({
                from: { table: 't0', columns: [tables[0]!.columns[0]!.name] },
                to: { table: name, columns: [columns[0]!.name] },
              })),
              calculations: used.flatMap((name) => [
                { name: `is ${name}`, formula: `ISNULL([${name}])`, datatype: 'boolean' as const },
                { name: `not ${name}`, formula: `NOT [is ${name}]`, datatype: 'boolean' as const },
              ]),
              hierarchies: [],
              folders: [],
            }),
          );
          const extract: ExtractShape = {
            schema: 's',
            tables: plan.map((columns, t) => ({
              name: tableOf(t),
              columns: columns.flatMap(({ change, type }, c) => {
                const name = nameOf(t, c);
                const kind = types[change === 'retype' ? (type + 1) % 3 : type]!;
                if (change === 'drop') return [];
                if (change === 'rename') return [{ name: `123456789_${c}`, type: { kind } }];
                return [{ name: change === 'case' ? name.toUpperCase() : name, type: { kind } }];
              }),
            })),
          };
          const expected = plan.flatMap((columns, t) =>
            columns.flatMap(({ change, hidden, used: isUsed }, c) => {
              const related = plan.length > 1 && c === 0;
              const gone = hidden && !isUsed && !related ? 'EXT4303' : 'EXT4302';
              const codes = {
                keep: [],
                drop: [gone],
                rename: [gone, 'EXT4308'],
                retype: ['EXT4305'],
                case: ['EXT4304'],
              };
              return codes[change].map((code) => {
                const name = code === 'EXT4308' ? `123456789_${c}` : nameOf(t, c);
                const users = isUsed && code !== 'EXT4308' ? [`is ${name}`, `not ${name}`] : [];
                return `${code} ${tableOf(t)} ${name} ${users.join(' ')}`;
              });
            }),
          );
          const found = checkFit(description, extract).map(
            ({ code, table, column: name, uses }) =>
              `${code} ${table} ${name} ${uses.flatMap((use) => (use.kind === 'calculation' ? [use.name] : [])).join(' ')}`,
          );
          expect(found.toSorted()).toEqual(expected.toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });
});
