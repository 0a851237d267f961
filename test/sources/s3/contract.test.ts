import { afterAll, beforeAll, describe } from 'vitest';
import type { S3Client } from '@aws-sdk/client-s3';
import { clientOf } from '../../../stand-ins/s3/test/client.ts';
import { startS3StandIn, type S3StandIn } from '../../../stand-ins/s3/src/index.ts';
import { sourceContract } from './contract.ts';

let standIn: S3StandIn;
let client: S3Client;
beforeAll(async () => {
  standIn = await startS3StandIn({ buckets: { lake: {} } });
  client = clientOf(standIn);
});
afterAll(async () => {
  client.destroy();
  await standIn.close();
});

describe('the contract of S3 sources, on the stand-in', () => {
  sourceContract(() => ({
    client,
    bucket: 'lake',
    access: {
      region: standIn.region,
      endpoint: standIn.endpoint,
      pathStyle: true,
      requesterPays: false,
      credentials: { kind: 'keys', ...standIn.credentials },
    },
  }));
});
