/** A pipeline that reads two CSV files beside it, so that it needs no server. `schema` is the comment for editors. */
export const samplePipeline = `# This sample runs at once: extracts plan, then extracts apply. It reads the CSV files in data/ and writes out/sample.tdsx for
# Tableau. Change it to read your own data, or delete it together with data/.
version: 1
name: sample
description: Orders of a small shop with their customers
sources:
  # Paths are relative to this file. For a database: { type: postgres, url: "\${secret.SHOP_PG_URL}" }
  orders: { type: file, path: data/orders_*.csv }
  customers: { type: file, path: data/customers.csv }
tables:
  orders:
    from: { source: orders }
    primary_key: [order_id]
    columns:
      order_id: int not null
      order_date: date not null
      customer_id: int not null
      product: { type: text, description: Name of the product as sold }
      quantity: int not null
      amount: numeric(10,2)
    checks:
      - row_count: { min: 1 }
  customers:
    from: { source: customers }
    primary_key: [customer_id]
    columns:
      customer_id: int not null
      name: text
      country: text
relationships:
  - { from: orders.customer_id, to: customers.customer_id }
# Without a template the destination is a bare .hyper; this generates a data source.
template:
  generate:
    calculations: { Price per Item: "SUM([amount]) / SUM([quantity])" }
destinations:
  - { type: file, path: ../out/sample.tdsx }
`;

/** Two files for one table, to show that a path may be a pattern. */
export const sampleData: Readonly<Record<string, string>> = {
  'pipelines/data/orders_2025.csv': `order_id,order_date,customer_id,product,quantity,amount
1,2025-11-03,1,Desk lamp,2,59.80
2,2025-11-17,2,Office chair,1,189.00
3,2025-12-01,3,Notebook,12,35.40
4,2025-12-19,1,Desk,1,349.00
`,
  'pipelines/data/orders_2026.csv': `order_id,order_date,customer_id,product,quantity,amount
5,2026-01-08,2,Notebook,5,14.75
6,2026-01-21,3,Desk lamp,1,29.90
7,2026-02-02,1,Office chair,4,756.00
8,2026-02-14,3,Bookcase,1,129.50
`,
  'pipelines/data/customers.csv': `customer_id,name,country
1,Acme Ltd.,United Kingdom
2,Brückner & Söhne,Germany
3,Café Soleil,France
`,
};
