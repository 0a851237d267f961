import { gzipSync } from 'node:zlib';
import { startS3StandIn, type S3StandIn } from '../../../stand-ins/s3/src/index.ts';
import { csvLine } from '../superstore/csv.ts';
import { generateOrders, type OrderRow } from '../superstore/index.ts';

/**
 * Starts the bucket that pipelines/s3_sales.yaml reads: a gzipped file for each month and a header file, on loopback.
 */
export async function startSalesBucket(): Promise<S3StandIn> {
  const standIn = await startS3StandIn({ buckets: { 'acme-landing': {} } });
  await fillSalesBucket(standIn);
  return standIn;
}

export async function fillSalesBucket({ control }: S3StandIn): Promise<void> {
  const names = Object.keys(columns);
  await control.put(
    'acme-landing',
    'sales/header.csv',
    [names, Object.values(columns)].map(csvLine).join(''),
  );
  for (const [month, rows] of monthly()) {
    const [year = '', number = ''] = month.split('-');
    const lines = rows.map((row) => csvLine(salesOf(row).map((value) => value ?? 'NULL')));
    const key = `sales/${year}/${number}/sales_${month}.csv.gz`;
    await control.put('acme-landing', key, gzipSync(lines.join('')), { contentType: 'application/gzip' });
  }
  await control.put('acme-landing', 'sales/_tmp/sales_unfinished.csv.gz', gzipSync('half a rec'));
}

/** In the spellings that s3-to-hyper knew. */
const columns = {
  sale_id: 'int64',
  order_id: 'string',
  sold_on: 'date',
  store_code: 'int',
  product: 'string',
  quantity: 'small_int',
  amount: 'double',
  profit: 'double',
};

function salesOf(row: OrderRow) {
  const { row_id, order_id, order_date, postal_code, product_name, quantity, sales, profit } = row;
  return [row_id, order_id, order_date, postal_code, product_name, quantity, sales, profit];
}

function monthly(): Map<string, OrderRow[]> {
  const months = new Map<string, OrderRow[]>();
  for (const row of generateOrders(0.5)) {
    const month = row.order_date.slice(0, 7);
    const rows = months.get(month) ?? [];
    rows.push(row);
    months.set(month, rows);
  }
  return months;
}

/** The environment in which the AWS SDK and the pipeline find the bucket. */
export function bucketVariables({ endpoint, region, credentials }: S3StandIn): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
