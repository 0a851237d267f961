import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { writeGenerate } from '../../../src/config/write-generate.ts';
import { formatColumnType } from '../../../src/model/config/column-type.ts';
import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';
import { checkComposed } from '../../../src/templates/compose/check-compose.ts';
import { composeTemplate } from '../../../src/templates/compose/compose.ts';
import { titleOf } from '../../../src/templates/compose/title.ts';
import { generateDocument } from '../../../src/templates/generate/document.ts';
import { configure } from '../../support/config-folder.ts';
import { shop } from '../support/shop.ts';

/** A pipeline whose contract is that of the data source, and whose template is what stands in `yaml`. */
async function pipelineOf(template: GeneratedTemplate, yaml: string) {
  const tables = template.tables.map(({ name, columns }) => [
    name,
    {
      from: { source: 'files' },
      columns: Object.fromEntries(columns.map((column) => [column.name, formatColumnType(column.type)])),
    },
  ]);
  const head = {
    version: 1,
    name: 'shop',
    sources: { files: { type: 'file', path: 'a.csv' } },
    tables: Object.fromEntries(tables) as object,
  };
  const { pipelines, diagnostics } = await configure({ 'shop.yaml': `${stringify(head)}${yaml}` });
  expect(diagnostics).toEqual([]);
  const [pipeline] = pipelines;
  if (pipeline?.template?.kind !== 'generate') throw new Error('the template is not a generated one');
  return { pipeline, template: pipeline.template };
}

/** A number in a relationship is a measure only if the file says so. */
function withRoles(template: GeneratedTemplate): GeneratedTemplate {
  const [orders, customers] = template.tables;
  const columns = customers!.columns.map((column) =>
    column.name === 'level' ? { ...column, role: 'measure' as const } : column,
  );
  return { ...template, tables: [orders!, { ...customers!, columns }] };
}

it('makes of written YAML the very data source that it was written from', async () => {
  const { pipeline, template } = await pipelineOf(shop, writeGenerate(shop));
  expect(checkComposed(pipeline, template)).toEqual([]);
  expect(composeTemplate(pipeline, template)).toEqual(withRoles(shop));
});

it('keeps parameters through YAML: their types, lists, ranges, aliases and numbers beyond those of JavaScript', async () => {
  const parameters = [
    { name: 'Target', datatype: 'integer', value: '100' },
    { name: 'Big', datatype: 'integer', value: '9007199254740993' },
    { name: 'Whole', datatype: 'real', value: '2' },
    {
      name: 'Growth',
      datatype: 'real',
      value: '0.1',
      range: { min: '0', max: '1', step: '0.05' },
      format: 'p0%',
    },
    {
      name: 'Region',
      datatype: 'string',
      value: 'E',
      list: ['E', '7'],
      aliases: [{ value: '7', alias: 'Seven' }],
    },
    { name: 'On', datatype: 'boolean', value: 'false', description: 'A switch', localName: 'Parameter 1' },
    {
      name: 'Since',
      datatype: 'date',
      value: '2026-01-01',
      range: { min: '2020-01-01', step: '1', unit: 'month' },
    },
    { name: 'At', datatype: 'datetime', value: '2026-01-01 09:30:00' },
  ] as const;
  const whole: GeneratedTemplate = { ...shop, parameters };
  const { pipeline, template } = await pipelineOf(whole, writeGenerate(whole));
  expect(checkComposed(pipeline, template)).toEqual([]);
  expect(composeTemplate(pipeline, template)).toEqual(withRoles(whole));
});

it('reports what is wrong with a parameter where it is written', async () => {
  const generate = {
    parameters: {
      Target: 'many',
      Level: { datatype: 'integer', value: 5, list: [1, 2] },
      Day: { datatype: 'date', value: '1.1.2026' },
    },
    calculations: { Above: '[Parameters].[Levle] + 1' },
  };
  const bare = {
    ...shop,
    relationships: [],
    tables: shop.tables.slice(0, 1),
    calculations: [],
    hierarchies: [],
    folders: [],
  };
  const { pipeline, template } = await pipelineOf(bare, stringify({ template: { generate } }));
  const found = checkComposed(pipeline, template).map(({ code, hint, place }) => [
    code,
    place?.pointer,
    hint,
  ]);
  expect(found).toEqual([
    [
      'EXT4413',
      '/template/generate/parameters/Level/value',
      'add it to the list, or start with a value of the list',
    ],
    ['EXT4412', '/template/generate/parameters/Day/value', 'write dates as 2026-01-31'],
    ['EXT4406', '/template/generate/calculations/Above/formula', 'did you mean "Level"?'],
  ]);
});

it('keeps texts that look like references', async () => {
  const { calculations } = shop;
  const odd = {
    ...shop,
    calculations: [{ ...calculations[0]!, formula: "'${env.HOME} $${x}'" }],
    hierarchies: [],
    folders: [],
  };
  const { pipeline, template } = await pipelineOf(odd, writeGenerate(odd));
  expect(composeTemplate(pipeline, template)).toEqual(withRoles(odd));
});

it('escapes what cannot be seen, and keeps it', async () => {
  const { calculations } = shop;
  const formula = "'a\u00a0b\u200b' // one\u2028\ntwo";
  const odd = { ...shop, calculations: [{ ...calculations[0]!, formula }], hierarchies: [], folders: [] };
  const yaml = writeGenerate(odd);
  expect(yaml).toContain('a\\u00a0b\\u200b');
  expect(yaml).not.toMatch(/[\u00a0\u200b\u2028]/);
  const { pipeline, template } = await pipelineOf(odd, yaml);
  expect(composeTemplate(pipeline, template)).toEqual(withRoles(odd));
});

it('puts fields into the folders that they name themselves, after those that the folder names', async () => {
  const yaml = `relationships:
  - { from: orders.customer id, to: customers.id, cardinality: one-to-one }
template:
  generate:
    tables:
      orders: { columns: { id: { folder: Keys }, amount: { folder: Money } } }
      customers: { columns: { id: { folder: Keys } } }
    calculations: { Double: { formula: '2 * [amount]', folder: Money } }
    folders: { Money: [status] }
`;
  const { pipeline, template } = await pipelineOf(shop, yaml);
  const composed = composeTemplate(pipeline, template);
  expect(composed.folders).toEqual([
    { name: 'Money', fields: ['status', 'amount', expect.stringMatching(/^Calculation_\d+$/)] },
    { name: 'Keys', fields: ['id', 'id (customers)'] },
  ]);
  expect(composed.relationships[0]!.cardinality).toBe('one-to-one');
  expect(composed).toMatchObject({ name: 'shop', tableau: '2020.2', schema: 'Extract' });
  expect(checkComposed(pipeline, template)).toEqual([]);
});

it('takes the description of a column from its contract', async () => {
  const { pipelines } = await configure({
    'a.yaml': `version: 1
name: a
sources: { files: { type: file, path: a.csv } }
tables:
  t:
    from: { source: files }
    columns:
      one: { type: int, description: of the contract }
      two: { type: int, description: of the contract }
template: { generate: { tables: { t: { columns: { two: { description: of the field } } } } } }
`,
  });
  const [pipeline] = pipelines;
  if (pipeline?.template?.kind !== 'generate') throw new Error('no template');
  expect(composeTemplate(pipeline, pipeline.template).tables[0]!.columns).toMatchObject([
    { name: 'one', description: 'of the contract' },
    { name: 'two', description: 'of the field' },
  ]);
});

const keyed = (generate: string) => `version: 1
name: shop
sources: { files: { type: file, path: a.csv } }
tables:
  orders:
    from: { source: files }
    primary_key: [order_id, line]
    columns: { order_id: int not null, line: text not null, person: bigint, region_code: double, amount: double }
  people:
    from: { source: files }
    columns: { id: bigint, region_code: double, age: int }
relationships:
  - { from: { table: orders, columns: [person, region_code] }, to: { table: people, columns: [id, region_code] } }
template:
  generate: ${generate}
`;

async function composed(generate: string) {
  const { pipelines, diagnostics } = await configure({ 'a.yaml': keyed(generate) });
  const [pipeline] = pipelines;
  if (pipeline?.template?.kind !== 'generate') throw new Error(JSON.stringify(diagnostics));
  const problems = checkComposed(pipeline, pipeline.template);
  return { problems, template: composeTemplate(pipeline, pipeline.template) };
}

it('makes dimensions of numbers in primary keys and relationships, unless their role is written', async () => {
  const { template } = await composed('{ tables: { people: { columns: { id: { role: measure } } } } }');
  expect(template.tables.map(({ columns }) => columns.map(({ name, role }) => [name, role]))).toEqual([
    [
      ['order_id', 'dimension'],
      ['line', undefined],
      ['person', 'dimension'],
      ['region_code', 'dimension'],
      ['amount', undefined],
    ],
    [
      ['id', 'measure'],
      ['region_code', 'dimension'],
      ['age', undefined],
    ],
  ]);
  const { template: bare } = await composed('{}');
  expect(bare.tables[1]!.columns[0]).toMatchObject({ name: 'id', role: 'dimension' });
});

it('captions: title gives columns and tables a caption, unless one is written', async () => {
  const look = '{ orders: { caption: Sales, columns: { amount: Net } } }';
  const { template } = await composed(`{ captions: title, tables: ${look} }`);
  expect(
    template.tables.map(({ caption, columns }) => [caption, ...columns.map((one) => one.caption)]),
  ).toEqual([
    ['Sales', 'Order Id', 'Line', 'Person', 'Region Code', 'Net'],
    ['People', 'Id', 'Region Code', 'Age'],
  ]);
  const { template: without } = await composed('{}');
  expect(without.tables[0]).not.toHaveProperty('caption');
});

it.each([
  ['invoice_date', 'Invoice Date'],
  ['invoiceDate', 'Invoice Date'],
  ['customer id', 'Customer Id'],
  ['order_ID', 'Order ID'],
  ['_private__name_', 'Private Name'],
  ['straße_2a', 'Straße 2a'],
  ['sales2024', 'Sales2024'],
  ['VAT', 'VAT'],
  ['e-mail', 'E-mail'],
  ['_', ''],
])('titles %j as %j', (name, title) => expect(titleOf(name)).toBe(title));

it('finds a field by table.column in formulas, hierarchies and folders', async () => {
  const { problems, template } = await composed(
    '{ hierarchies: { H: [people.region_code, orders.line] }, folders: { F: [people.id] }, ' +
      "calculations: { A: 'SUM([orders.amount]) / [people].[region_code] + [orders].[region_code]' } }",
  );
  expect(problems).toEqual([]);
  const document = generateDocument(template);
  expect(document).toContain("formula='SUM([amount]) / [region_code (people)] + [region_code]'");
  expect(document).toContain('<field>[region_code (people)]</field>');
  expect(document).toContain("<folder-item name='[id]' type='field' />");
});

it('reports a table.column that does not exist, or can mean two fields, at its place', async () => {
  const { problems } = await composed(
    '{ tables: { people: { columns: { age: { caption: orders.amount } } } }, ' +
      "hierarchies: { H: [orders.lien, line, orders.amount] }, calculations: { A: '[people].[amount]' } }",
  );
  const at = (...path: string[]) => `/template/generate/${path.join('/')}`;
  expect(problems.map(({ code, message, hint, place }) => [code, message, hint, place?.pointer])).toEqual([
    ['EXT4406', 'there is no field [people].[amount]', undefined, at('calculations', 'A', 'formula')],
    [
      'EXT4406',
      'there is no field [orders.lien]',
      'did you mean [orders.line]?',
      at('hierarchies', 'H', '0'),
    ],
    [
      'EXT4407',
      '"orders.amount" can mean several fields: [age], [amount]',
      'name the field in another way: by its caption, or a column as table.column',
      at('hierarchies', 'H', '2'),
    ],
  ]);
});
