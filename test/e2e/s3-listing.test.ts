import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const keys = 100_000;
let standIn: S3StandIn;
beforeAll(async () => {
  standIn = await startS3StandIn({ buckets: { lake: {} } });
  for (let index = 0; index < keys; index++) {
    const name = `sales/2026/region-${index % 10}/part-${String(index).padStart(6, '0')}.csv`;
    await standIn.control.put('lake', name, '1\n');
  }
});
afterAll(() => standIn.close());

it('lists 100,000 keys within a small heap, and says how far it is', async () => {
  const { endpoint, credentials } = standIn;
  const project = await createProject({
    'pipelines/few.yaml': `version: 1
name: few
sources:
  lake: { type: s3, bucket: lake, match: 'sales/**/region-3/part-??????.csv', exclude: '**/part-0[1-9]*', endpoint: '${endpoint}', access_key_id: '${credentials.accessKeyId}', secret_access_key: '\${secret.LAKE_KEY}', format: { type: csv, header: false } }
tables:
  t: { from: { source: lake }, columns: { id: int } }
destinations:
  - { type: file, path: ../out/few.hyper }
`,
  });
  const env = {
    LAKE_KEY: credentials.secretAccessKey,
    // What 100,000 listed objects would not fit into beside the program: pages have to be forgotten.
    NODE_OPTIONS: '--max-old-space-size=40',
  };
  const { stdout, stderr, exitCode } = await project.run(['plan'], env);
  expect(stdout).toContain('2.0 kB');
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toContain('few › s3://lake/sales/: 10 000 keys listed');
  expect(lines[9]).toContain('few › s3://lake/sales/: 100 000 keys listed, 1 000 match');
  expect(exitCode).toBe(0);
  expect(standIn.control.requests.of('ListObjectsV2')).toHaveLength(keys / 1000);
  expect(standIn.control.requests.of('GetObject')).toEqual([]);
});
