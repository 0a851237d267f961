import { fileURLToPath } from 'node:url';
import { readPipelines } from '../../../src/config/index.ts';
import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';
import type { Pipeline } from '../../../src/model/config/pipeline.ts';
import { generateDocument } from '../../../src/templates/generate/document.ts';

const folder = fileURLToPath(new URL('../../../', import.meta.url));

export async function superstorePipeline(): Promise<Pipeline> {
  const { pipelines, diagnostics } = await readPipelines(['pipelines/superstore.yaml'], {
    cwd: folder,
    env: {},
    registerSecret: () => undefined,
    // Of where its data comes from and goes to, nothing matters here.
    unsetVariables: 'warning',
  });
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return pipeline;
}

/** Returns the data source that a user would have set up in Tableau Desktop for the sample shop. */
export function superstoreDataSource({ tables, extract }: Pipeline): GeneratedTemplate {
  const captions: Readonly<Record<string, string>> = {
    order_date: 'Order Date',
    ship_date: 'Ship Date',
    sales: 'Sales',
    profit: 'Profit',
    discount: 'Discount',
    returned_on: 'Returned On',
  };
  return {
    name: 'Superstore',
    tableau: '2020.2',
    schema: extract.schema,
    tables: tables.map(({ name, columns }) => ({
      name,
      caption: name[0]!.toUpperCase() + name.slice(1),
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type,
        ...(captions[column.name] !== undefined && { caption: captions[column.name]! }),
        ...(column.name === 'row_id' && { hidden: true }),
        ...(column.name === 'discount' && { aggregation: 'Avg' as const, format: 'p0%' }),
        ...(column.name === 'country' && { geo: 'country' as const }),
        ...(column.name === 'state' && { geo: 'state' as const }),
      })),
    })),
    relationships: [
      { from: { table: 'orders', columns: ['region'] }, to: { table: 'people', columns: ['region'] } },
      {
        from: { table: 'orders', columns: ['order_id'] },
        to: { table: 'returns', columns: ['order_id'] },
        cardinality: 'many-to-many',
      },
    ],
    calculations: [
      { name: 'Profit Ratio', formula: 'SUM([profit]) / SUM([sales])', datatype: 'real', format: 'p0.0%' },
      { name: 'Profitable', formula: '[Profit Ratio] > 0', datatype: 'boolean' },
      { name: 'Orders', formula: 'COUNTD([order_id]) // not rows', datatype: 'integer' },
    ],
    hierarchies: [{ name: 'Location', fields: ['country', 'state', 'postal_code'] }],
    folders: [
      { name: 'Dates', fields: ['order_date', 'ship_date', 'Ship Days'] },
      { name: 'Money', fields: ['sales', 'profit', 'discount', 'Profit Ratio', 'Profitable'] },
    ],
  };
}

/** With a group and a bin besides, which only Desktop makes: they stay through every swap. */
export function superstoreDocument(pipeline: Pipeline): string {
  return generateDocument(superstoreDataSource(pipeline)).replace(
    '  <drill-paths>',
    `${made}\n  <drill-paths>`,
  );
}

const made = `  <column caption='Region (group)' datatype='string' name='[Region (group)]' role='dimension' type='nominal'>
    <calculation class='categorical-bin' column='[region]' new-bin='true'>
      <bin default-name='false' value='&quot;Coasts&quot;'><value>&quot;East&quot;</value><value>&quot;West&quot;</value></bin>
    </calculation>
  </column>
  <column caption='Sales (bin)' datatype='integer' name='[Sales (bin)]' role='dimension' type='ordinal'>
    <calculation class='bin' decimals='0' formula='[sales]' peg='0' size='100' />
  </column>`;
