import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatePort } from '../../src/model/ports/state-port.ts';
import { openFileState } from '../../src/state/file/index.ts';
import { migrateState } from '../../src/state/migrate.ts';
import { openPostgresState } from '../../src/state/postgres/index.ts';
import { openS3State } from '../../src/state/s3/index.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { pipeline, record, table } from '../support/pipelines.ts';

let database: FreshDatabase;
let bucket: S3StandIn;
const opened: StatePort[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  bucket = await startS3StandIn({ buckets: { state: {} } });
});
afterAll(async () => {
  for (const state of opened) await state.close();
  await bucket.close();
  await database.close();
});

const place = { file: 'extracts.yaml', pointer: '/state' };
const name = () => `p${randomBytes(4).toString('hex')}`;
const kinds = {
  file: async () => openFileState(path.join(await temporaryFolder(), 'state')),
  postgres: () =>
    Promise.resolve(openPostgresState({ type: 'postgres', place, url: database.url, schema: name() })),
  s3: () => {
    const credentials = { kind: 'keys', ...bucket.credentials } as const;
    const access = {
      region: bucket.region,
      endpoint: bucket.endpoint,
      pathStyle: true,
      requesterPays: false,
      credentials,
    };
    return Promise.resolve(openS3State({ type: 's3', place, bucket: 'state', prefix: name(), access }));
  },
};
type Kind = keyof typeof kinds;

async function open(kind: Kind): Promise<StatePort> {
  const state = await kinds[kind]();
  opened.push(state);
  return state;
}

const recordOf = (address: string, tool = '1') => ({
  ...record(pipeline([table('orders', { id: 'int' })])),
  address,
  tool,
});

async function put(state: StatePort, address: string, tool = '1'): Promise<void> {
  const lock = await state.lock(address);
  await lock.write(recordOf(address, tool), (await state.read(address))?.version);
  await lock.release();
}

const addresses = ['shop', 't[a/b]', 't[a%2Fb]', 't[ü]'];
const from = async (state: StatePort, to: StatePort) =>
  migrateState({ state, shown: 'the old place' }, { state: to, shown: 'the new place' });

describe.each<[Kind, Kind]>([
  ['file', 'postgres'],
  ['postgres', 'file'],
  ['s3', 'postgres'],
  ['postgres', 's3'],
  ['file', 's3'],
])('from %s to %s', (first, second) => {
  test('all records come over with their versions, and interrupted runs; a second time does nothing', async () => {
    const [old, next] = [await open(first), await open(second)];
    for (const address of addresses) await put(old, address);
    await old.beginRun({ id: 'a1', addresses });
    expect(await from(old, next)).toEqual({ copied: 4, equal: 0 });
    for (const address of addresses) expect(await next.read(address)).toEqual(await old.read(address));
    expect((await next.openRuns()).map(({ id }) => id)).toEqual(['a1']);
    expect([await old.listLocks(), await next.listLocks()]).toEqual([[], []]);
    expect(await from(old, next)).toEqual({ copied: 0, equal: 4 });
    await put(old, 'late');
    expect(await from(old, next)).toEqual({ copied: 1, equal: 4 });
  });

  test('nothing is written where a record differs, is foreign, or is being applied', async () => {
    const [old, next] = [await open(first), await open(second)];
    for (const address of addresses) await put(old, address);
    const lock = await old.lock('shop');
    await expect(from(old, next)).rejects.toMatchObject({ code: 'EXT6004' });
    await lock.release();
    const other = await next.lock('shop');
    await expect(from(old, next)).rejects.toMatchObject({ code: 'EXT6004' });
    await other.release();
    expect(await next.list()).toEqual([]);
    await put(next, 'shop', '2');
    await put(next, 'foreign');
    await expect(from(old, next)).rejects.toMatchObject({
      code: 'EXT6012',
      message: 'the new place has 2 records that are not the same here: foreign, shop',
    });
    expect(await next.list()).toEqual(['foreign', 'shop']);
    expect([await old.listLocks(), await next.listLocks()]).toEqual([[], []]);
  });
});
