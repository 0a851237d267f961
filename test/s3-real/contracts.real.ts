import { afterAll, beforeAll, describe } from 'vitest';
import { openS3State } from '../../src/state/s3/index.ts';
import { pace } from '../../src/state/s3/pace.ts';
import { sourceContract } from '../sources/s3/contract.ts';
import { stateContract } from '../state/contract.ts';
import { tickingPatience } from '../support/ticking-patience.ts';
import { startServer, type RealServer, type ServerName } from './servers.ts';

function useServer(name: ServerName) {
  let server: RealServer;
  let prefixes = 0;
  beforeAll(async () => {
    server = await startServer(name);
  });
  afterAll(() => server.stop());
  return {
    place: (bucket: string) => ({ client: server.client, access: server.access, bucket }),
    /** Two ports on the same fresh place. */
    states(bucket: string) {
      const prefix = `state-${++prefixes}`;
      const place = { file: 'extracts.yaml', pointer: '/state' };
      const settings = { type: 's3', place, bucket, prefix, access: server.access } as const;
      const open = () => openS3State(settings, { pace: { ...pace, patience: tickingPatience() } });
      return [open(), open()] as [ReturnType<typeof open>, ReturnType<typeof open>];
    },
  };
}

describe('versitygw', () => {
  const server = useServer('versitygw');
  describe.each(['lake', 'kept'])('the source contract in the bucket %s', (bucket) => {
    sourceContract(() => server.place(bucket));
  });
  describe.each(['lake', 'kept'])('the state contract in the bucket %s', (bucket) => {
    stateContract(() => Promise.resolve(server.states(bucket)));
  });
});

describe('rclone serve s3', () => {
  const server = useServer('rclone');
  describe('the source contract', () => {
    sourceContract(() => server.place('lake'));
  });
  describe('the state contract', () => {
    stateContract(() => Promise.resolve(server.states('lake')));
  });
});
