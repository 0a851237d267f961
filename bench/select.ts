import { startS3StandIn, type S3StandIn } from '../stand-ins/s3/src/index.ts';
import { asRatio, inSeconds, median, megabytes } from './measure.ts';
import { openProject, type BenchProject } from './project.ts';

export const selectHeader = ['one item of 10,000', 'our CPU', 'beside one of 10', 'our peak'];

const kinds: Record<string, (count: number) => string> = {
  'a list in YAML': (count) =>
    `{max: ${count}, items: {${keys(count)
      .map((key) => `${key}: {n: 1}`)
      .join(', ')}}}`,
  'a query': (count) => `{max: ${count}, query: {source: shop, sql: "select key from tenants_${count}"}}`,
  'folders of a bucket': (count) => `{max: ${count}, prefixes: {source: lake, under: portal_${count}/}}`,
};

/** What the length of a list costs a plan that selects one of its items by name. */
export async function benchSelect(runs: number): Promise<string[][]> {
  const s3 = await startS3StandIn();
  const project = await openProject({
    connections: lake(s3),
    variables: { S3_KEY_ID: s3.credentials.accessKeyId, S3_KEY: s3.credentials.secretAccessKey },
  });
  try {
    await prepare(s3, project);
    const rows: string[][] = [];
    for (const kind of Object.keys(kinds)) rows.push(await compare(project, kind, runs));
    return rows;
  } finally {
    await Promise.all([project.close(), s3.close()]);
  }
}

async function compare(project: BenchProject, kind: string, runs: number): Promise<string[]> {
  const few: number[] = [];
  const many: number[] = [];
  let peak = 0;
  for (let run = 0; run < runs; run++) {
    for (const [count, seen] of [
      [10, few],
      [10_000, many],
    ] as const) {
      await project.write('family.yaml', pipeline(kinds[kind]?.(count) ?? ''));
      const measured = await project.run(['plan', '--json', '--select', 'family[t7]']);
      const { summary } = JSON.parse(measured.stdout) as { summary: { create: number } };
      if (summary.create !== 1) throw new Error(`${summary.create} items were planned, not 1`);
      seen.push(measured.cpu);
      if (seen === many) peak = Math.max(peak, measured.peak);
    }
  }
  return [kind, inSeconds(median(many)), asRatio(median(many) / median(few)), megabytes(peak)];
}

async function prepare(s3: S3StandIn, project: BenchProject): Promise<void> {
  s3.control.createBucket('bench');
  await project.client.query('create table things (id int, name text)');
  for (const count of [10, 10_000]) {
    await project.client.query(
      `create table tenants_${count} as select 't' || n as key from generate_series(0, ${count - 1}) n`,
    );
    for (const key of keys(count))
      await s3.control.put('bench', `portal_${count}/${key}/a.csv`, 'id,name\n1,one\n');
  }
}

const keys = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);

const pipeline = (list: string) => `version: 1
name: family
for_each: ${list}
sources: {shop: {connection: shop}, lake: {connection: lake}}
tables:
  things: {from: {source: shop, table: public.things}, columns: {id: int, name: text}}
destinations: [{type: file, path: "../out/\${each.key}.hyper"}]
`;

const lake = (s3: S3StandIn) => `  lake:
    type: s3
    bucket: bench
    match: "*.csv"
    endpoint: ${s3.endpoint}
    region: us-east-1
    path_style: true
    access_key_id: \${secret.S3_KEY_ID}
    secret_access_key: \${secret.S3_KEY}
`;
