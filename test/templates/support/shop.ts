import type { GeneratedTemplate } from '../../../src/model/config/data-source.ts';

/** A description that uses everything there is, with names that need care. */
export const shop: GeneratedTemplate = {
  name: 'Shop: "North" & <South>',
  tableau: '2023.1',
  schema: 'Extract',
  tables: [
    {
      name: 'orders',
      caption: "Bob's Orders",
      description: 'One row an order.\r\nFrom the "till" & <web>.',
      columns: [
        { name: 'id', type: { kind: 'bigint' }, role: 'dimension', hidden: true },
        { name: 'customer id', type: { kind: 'int' }, role: 'dimension' },
        {
          name: 'amount',
          type: { kind: 'numeric', precision: 18, scale: 2 },
          caption: 'Amount ($)',
          description: 'Net of tax.\r\nBefore discounts & <rebates>.',
          aggregation: 'Avg',
          format: 'c"$"#,##0;-c"$"#,##0',
        },
        { name: 'day', type: { kind: 'date' }, continuous: true },
        { name: 'state]code', type: { kind: 'varchar', length: 2 }, geo: 'state' },
        {
          name: 'status',
          type: { kind: 'text' },
          caption: 'Status',
          aliases: [
            { value: 'A', alias: 'Active' },
            { value: 'say "hi" \\o/', alias: "It's" },
            { value: null, alias: 'Unknown' },
          ],
        },
        { name: 'paid', type: { kind: 'boolean' }, aliases: [{ value: true, alias: 'Paid' }] },
      ],
    },
    {
      name: 'customers',
      columns: [
        { name: 'id', type: { kind: 'int' }, role: 'dimension', caption: 'Customer' },
        { name: 'Über', type: { kind: 'timestamp' }, localName: 'Since' },
        { name: 'lat', type: { kind: 'double' }, geo: 'latitude' },
        { name: 'place', type: { kind: 'geography' } },
        { name: 'level', type: { kind: 'smallint' }, aliases: [{ value: 1, alias: 'Gold' }] },
      ],
    },
  ],
  relationships: [
    {
      from: { table: 'orders', columns: ['customer id', 'id'] },
      to: { table: 'customers', columns: ['id', 'level'] },
    },
  ],
  calculations: [
    {
      name: 'Ratio',
      formula: "// not [this]\nSUM([amount]) / COUNTD([id (customers)]) + LEN(']]')",
      datatype: 'real',
      format: 'p0.0%',
      description: 'A ratio',
    },
    { name: 'Twice', formula: '2 * [Ratio]', datatype: 'real', localName: 'Calculation_1' },
    {
      name: 'State Name',
      formula: '{FIXED [state]]code] : MIN([status])}',
      datatype: 'string',
      geo: 'state',
    },
  ],
  hierarchies: [{ name: 'Where', fields: ['state]code', 'State Name'] }],
  folders: [
    { name: 'Money', fields: ['amount', 'Ratio', 'Twice'] },
    { name: 'Place', fields: ['lat'], hierarchies: ['Where'] },
  ],
};
