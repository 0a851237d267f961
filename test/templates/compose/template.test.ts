import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { writeGenerate } from '../../../src/config/write-generate.ts';
import { formatColumnType } from '../../../src/model/config/column-type.ts';
import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';
import { checkComposed } from '../../../src/templates/compose/check-compose.ts';
import { composeTemplate } from '../../../src/templates/compose/compose.ts';
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

it('makes of written YAML the very data source that it was written from', async () => {
  const { pipeline, template } = await pipelineOf(shop, writeGenerate(shop));
  expect(checkComposed(pipeline, template)).toEqual([]);
  expect(composeTemplate(pipeline, template)).toEqual(shop);
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
  expect(composeTemplate(pipeline, template)).toEqual(odd);
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
