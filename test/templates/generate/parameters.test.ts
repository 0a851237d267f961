import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  GeneratedParameter,
  GeneratedTemplate,
  ParameterType,
} from '../../../src/model/config/data-source.ts';
import { parameterTypes, rangeUnits } from '../../../src/model/config/data-source.ts';
import { describeTemplate } from '../../../src/templates/describe-template.ts';
import { checkGenerated } from '../../../src/templates/generate/check-description.ts';
import { generateDocument } from '../../../src/templates/generate/document.ts';
import {
  attributeLiteral,
  isParameterValue,
  readAttributeLiteral,
} from '../../../src/templates/generate/parameter-values.ts';
import { importTemplate } from '../../../src/templates/import/import.ts';
import { templateFromDocument } from '../../../src/templates/open-template.ts';
import { parseXml } from '../../../src/templates/tds/xml.ts';
import { violations } from '../support/schema.ts';

const withParameters = (
  parameters: readonly GeneratedParameter[],
  formulas: Record<string, string> = {},
): GeneratedTemplate => ({
  name: 'Shop',
  tableau: '2020.2',
  schema: 'Extract',
  tables: [{ name: 'orders', columns: [{ name: 'sales', type: { kind: 'double' } }] }],
  relationships: [],
  calculations: Object.entries(formulas).map(([name, formula]) => ({ name, formula, datatype: 'real' })),
  parameters,
  hierarchies: [],
  folders: [],
});

const target: GeneratedParameter = { name: 'Target', datatype: 'integer', value: '100' };

const again = (template: GeneratedTemplate) =>
  importTemplate(templateFromDocument(Buffer.from(generateDocument(template)), 'x.tds', 'Shop.tds'));

describe('parameters', () => {
  it('are written as Tableau keeps them, and formulas name them by their own names', () => {
    const text = generateDocument(
      withParameters(
        [
          { ...target, localName: 'Parameter 1' },
          {
            name: 'Region',
            datatype: 'string',
            value: 'E',
            list: ['E', 'W "x"'],
            aliases: [{ value: 'E', alias: 'East' }],
            localName: 'p',
          },
          {
            name: 'Growth',
            datatype: 'real',
            value: '1',
            range: { min: '0', max: '2.5', step: '0.5' },
            localName: 'g',
          },
          {
            name: 'Since',
            datatype: 'date',
            value: '2026-01-31',
            range: { step: '1', unit: 'month' },
            localName: 's',
          },
        ],
        { Above: '[sales] > [Target] * [Parameters].[Growth] + [Parameters].[Parameter 1]' },
      ),
    );
    expect(text).toContain(
      "formula='[sales] &gt; [Parameters].[Parameter 1] * [Parameters].[g] + [Parameters].[Parameter 1]'",
    );
    expect(
      text.slice(
        text.indexOf('  <datasource-dep'),
        text.indexOf('  <_.fcp.ObjectModelEncapsulateLegacy.true...object-graph'),
      ),
    ).toBe(
      `  <datasource-dependencies datasource='Parameters'>
    <column caption='Target' datatype='integer' name='[Parameter 1]' param-domain-type='any' role='measure' type='quantitative' value='100'>
      <calculation class='tableau' formula='100' />
    </column>
    <column alias='East' caption='Region' datatype='string' name='[p]' param-domain-type='list' role='measure' type='nominal' value='&quot;E&quot;'>
      <calculation class='tableau' formula='&quot;E&quot;' />
      <aliases>
        <alias key='&quot;E&quot;' value='East' />
      </aliases>
      <members>
        <member alias='East' value='&quot;E&quot;' />
        <member value='&quot;W \\&quot;x\\&quot;&quot;' />
      </members>
    </column>
    <column caption='Growth' datatype='real' name='[g]' param-domain-type='range' role='measure' type='quantitative' value='1.'>
      <calculation class='tableau' formula='1.' />
      <range granularity='0.5' max='2.5' min='0.' />
    </column>
    <column caption='Since' datatype='date' name='[s]' param-domain-type='range' role='measure' type='quantitative' value='#2026-01-31#'>
      <calculation class='tableau' formula='#2026-01-31#' />
      <range granularity='1' period-type-v2='month' />
    </column>
  </datasource-dependencies>
`,
    );
    expect(violations(parseXml(Buffer.from(text), 'x.tds').root)).toEqual([]);
  });

  it.each<[string, Partial<GeneratedParameter>, string]>([
    [
      'a value of another type',
      { value: 'many' },
      'EXT4412 parameters.0.value "many" is no value of parameter "Target", which is integer',
    ],
    ['a list entry of another type', { list: ['100', 'x'] }, 'EXT4412 parameters.0.list.1 "x" is no'],
    [
      'a date that is none',
      { datatype: 'date', value: '2026-02-30' },
      'EXT4412 parameters.0.value "2026-02-30"',
    ],
    [
      'a value outside the list',
      { list: ['1', '2'] },
      'EXT4413 parameters.0.value "100" is not among the 2 values',
    ],
    ['a value above the range', { range: { max: '99' } }, 'EXT4413 parameters.0.value "100" is above 99'],
    ['a value below the range', { range: { min: '101' } }, 'EXT4413 parameters.0.value "100" is below 101'],
    [
      'a range that ends before it begins',
      { range: { min: '5', max: '4' } },
      'EXT4413 parameters.0.range the range',
    ],
    [
      'a list and a range',
      { list: ['100'], range: { max: '100' } },
      'EXT4413 parameters.0.range parameter "Target" has both',
    ],
    [
      'a range of texts',
      { datatype: 'string', range: { max: 'z' } },
      'EXT4413 parameters.0.range parameter "Target" is string',
    ],
    ['a unit without dates', { range: { step: '1', unit: 'month' } }, 'EXT4413 parameters.0.range the step'],
    [
      'an alias of nothing in the list',
      { list: ['100'], aliases: [{ value: '7', alias: 'seven' }] },
      'EXT4413 parameters.0.aliases "7" has an alias',
    ],
  ])('are refused with %s', (_, changes, message) => {
    const problems = checkGenerated(withParameters([{ ...target, ...changes }]));
    expect(problems.map((one) => `${one.code} ${one.path.join('.')} ${one.message}`)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it('must be there when a formula names them, and have names of their own', () => {
    const problems = checkGenerated(
      withParameters(
        [target, { ...target, name: 'Other', localName: 'x' }, { ...target, name: 'Third', localName: 'x' }],
        {
          A: '[Parameters].[Targte] * 2',
          B: '[Nothing]',
        },
      ),
    );
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['EXT4403', 'two parameters are called [x]: "Other" and "Third"', undefined],
      ['EXT4406', 'there is no parameter "Targte"', 'did you mean "Target"?'],
      ['EXT4406', 'there is no field [Nothing]', undefined],
    ]);
  });

  it('come back from a generated data source as they were', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyParameter, { selector: ({ name }) => name, maxLength: 4 }),
        (parameters) => {
          const template = withParameters(
            parameters,
            Object.fromEntries(
              parameters.map(({ name }, n) => [
                `Calc ${n}`,
                `[sales] + [Parameters].[${name.replaceAll(']', ']]')}]`,
              ]),
            ),
          );
          const problems = checkGenerated(template);
          expect(problems).toEqual([]);
          const { template: imported, lost } = again(template);
          expect(lost).toEqual([]);
          expect(imported.parameters ?? []).toEqual(parameters);
          expect(imported.calculations).toEqual(template.calculations);
        },
      ),
      { numRuns: 200, seed: 18 },
    );
  });

  it('keep every value between the file and the description', () => {
    fc.assert(
      fc.property(fc.constantFrom(...parameterTypes), fc.nat(), (type, seed) => {
        for (const value of valuesOf(type, seed)) {
          expect(isParameterValue(value, type)).toBe(true);
          expect(readAttributeLiteral(attributeLiteral(value, type), type)).toBe(value);
        }
      }),
    );
  });
});

describe('importing parameters of Tableau Desktop', () => {
  const parameter = `<column caption='Target' datatype='real' name='[Parameter 1]' param-domain-type='any' role='measure' type='quantitative' value='100.'><calculation class='tableau' formula='100.' /></column>`;
  const document = (inside: string) =>
    generateDocument(withParameters([], { Above: '[sales] > 0', Share: '[Above] + 1' }))
      .replace('[sales] &gt; 0', '[sales] &gt; [Parameters].[Parameter 1]')
      .replace(
        '  <_.fcp.ObjectModelEncapsulateLegacy.true...object-graph',
        `  <datasource-dependencies datasource='Parameters'>${inside}</datasource-dependencies>\n$&`,
      );
  const imported = (inside: string) =>
    importTemplate(templateFromDocument(Buffer.from(document(inside)), 'x.tds', 'Shop.tds'));

  it('carries the parameter and every calculation that uses it', () => {
    const { template, lost } = imported(parameter);
    expect(lost).toEqual([]);
    expect(template.parameters).toEqual([
      { name: 'Target', datatype: 'real', value: '100', localName: 'Parameter 1' },
    ]);
    expect(template.calculations.map(({ formula }) => formula)).toEqual([
      '[sales] > [Parameters].[Target]',
      '[Above] + 1',
    ]);
    expect(
      describeTemplate(templateFromDocument(Buffer.from(generateDocument(template)), 'x.tds', 'Shop.tds'))
        .parameters,
    ).toEqual([{ name: 'Parameter 1', caption: 'Target', datatype: 'real', value: '100' }]);
  });

  it.each([
    [
      'a value of another type',
      parameter.replace("value='100.'", "value='&quot;x&quot;'"),
      'its value "x" is none of type real',
    ],
    [
      'a type that has no values',
      parameter.replace("datatype='real'", "datatype='spatial'"),
      'its type is spatial',
    ],
    [
      'a value outside its range',
      parameter.replace("'any'", "'range'").replace('</column>', "<range max='5.' /></column>"),
      '"100" is above 5, the bound of parameter "Target"',
    ],
  ])('lists one with %s, and what needs it', (_, inside, reason) => {
    const { template, lost } = imported(inside);
    expect(template).not.toHaveProperty('parameters');
    expect(template.calculations).toEqual([]);
    expect(lost).toEqual([
      `parameter "Target": ${reason}`,
      'calculation "Above": it uses the parameter [Parameter 1], which cannot be carried over',
      expect.stringMatching(
        /^calculation "Share": it needs \[Calculation_\d+\], which cannot be carried over$/,
      ),
    ]);
  });
});

function valuesOf(type: ParameterType, seed: number): string[] {
  const day = String((seed % 28) + 1).padStart(2, '0');
  switch (type) {
    case 'string':
      return ['', 'East', 'a "b" \\ \'c\'', `${seed}`];
    case 'integer':
      return [`${seed}`, `-${seed + 1}`, '9007199254740993'];
    case 'real':
      return [`${seed}`, `${seed}.25`, '-0.5', '1e-7'];
    case 'boolean':
      return ['true', 'false'];
    case 'date':
      return [`2026-02-${day}`];
    case 'datetime':
      return [`2026-02-${day} 09:30:00`];
  }
}

const anyParameter = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z][A-Za-z \]"']{0,8}[a-z]$/),
    datatype: fc.constantFrom(...parameterTypes),
    seed: fc.nat({ max: 1000 }),
    kind: fc.constantFrom('any', 'list', 'range'),
    localName: fc.boolean(),
    described: fc.boolean(),
  })
  .map(({ name, datatype, seed, kind, localName, described }): GeneratedParameter => {
    const values = valuesOf(datatype, seed);
    const [value = ''] = values;
    const hasOrder = datatype !== 'string' && datatype !== 'boolean';
    const isDate = datatype === 'date' || datatype === 'datetime';
    return {
      name,
      datatype,
      value,
      ...(kind === 'list' && { list: values, aliases: [{ value, alias: `alias of ${value}` }] }),
      ...(kind === 'range' &&
        hasOrder && {
          range: {
            min: value,
            max: value,
            step: '1',
            ...(isDate && { unit: rangeUnits[seed % rangeUnits.length]! }),
          },
        }),
      ...(described && { description: `${name} & more`, format: 'p0%' }),
      ...(localName && { localName: `Own ${name}` }),
    };
  });
