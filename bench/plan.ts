import { startS3StandIn } from '../stand-ins/s3/src/index.ts';
import { inSeconds, megabytes } from './measure.ts';
import { openProject } from './project.ts';

export const planHeader = ['plan', 'seconds', 'our CPU', 'our peak', 'PostgreSQL connections at once'];

/** Pipelines that nothing is known of, half from PostgreSQL and half from S3, each with a data source to publish. */
export async function benchPlan(count: number): Promise<string[][]> {
  const s3 = await startS3StandIn();
  s3.control.createBucket('bench');
  const project = await openProject({
    connections: `  lake:
    type: s3
    bucket: bench
    endpoint: ${s3.endpoint}
    region: us-east-1
    path_style: true
    access_key_id: \${secret.S3_KEY_ID}
    secret_access_key: \${secret.S3_KEY}
`,
    variables: { S3_KEY_ID: s3.credentials.accessKeyId, S3_KEY: s3.credentials.secretAccessKey },
  });
  try {
    for (let n = 0; n < count; n += 2) await s3.control.put('bench', `p${n}/a.csv`, 'id,name\n1,one\n');
    await project.client.query(
      Array.from({ length: count }, (_, n) => `create table p${n} (id int, name text)`).join('; '),
    );
    for (let n = 0; n < count; n++) await project.write(`p${n}.yaml`, pipeline(n));
    const { stdout, seconds, cpu, peak, connections } = await project.run(['plan', '--json']);
    const { summary } = JSON.parse(stdout) as { summary: { create: number } };
    if (summary.create !== count) throw new Error(`${summary.create} of ${count} pipelines were planned`);
    return [[`${count} pipelines`, inSeconds(seconds), inSeconds(cpu), megabytes(peak), String(connections)]];
  } finally {
    await Promise.all([project.close(), s3.close()]);
  }
}

function pipeline(n: number): string {
  const source = n % 2 === 0 ? `{connection: lake, match: "p${n}/*.csv"}` : '{connection: shop}';
  const from = n % 2 === 0 ? '{source: data}' : `{source: data, table: public.p${n}}`;
  return `version: 1
name: p${n}
sources: {data: ${source}}
tables:
  things: {from: ${from}, columns: {id: int, name: text}}
destinations: [{use: tableau, project: Sales/Certified, name: P ${n}}]
`;
}
