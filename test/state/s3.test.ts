import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AppliedRecord } from '../../src/model/world/applied-record.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';
import { openS3State, type S3StateOptions } from '../../src/state/s3/index.ts';
import { pace, type Pace } from '../../src/state/s3/pace.ts';
import { pipeline, record, table } from '../support/pipelines.ts';
import { clientOf } from '../../stand-ins/s3/test/client.ts';
import { tickingPatience } from '../support/ticking-patience.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { stateContract } from './contract.ts';

/** The limits of waiting for something that happens by itself, on a loaded machine, too. */
const patiently = { timeout: 30_000, interval: 5 };

let standIn: S3StandIn;
/** How far the clock of the service is ahead of ours, in milliseconds. */
let ahead = 0;
beforeAll(async () => {
  standIn = await startS3StandIn({
    buckets: {
      state: {},
      elsewhere: { region: 'eu-west-1' },
      minio: { quirks: { ignoresDeleteConditions: true } },
      versitygw: { versioning: true, quirks: { refusesOverDeleteMarkers: true } },
      kept: { versioning: true },
      lax: { quirks: { ignoresWriteConditions: true } },
      old: { quirks: { refusesWriteConditions: true } },
      unquoted: { quirks: { refusesQuotedEtags: true } },
    },
    clock: () => new Date(Date.now() + ahead),
  });
});
// Further ahead than fifteen minutes, the service refuses all requests.
afterEach(() => {
  ahead = 0;
});
afterAll(() => standIn.close());

let places = 0;
const freshPrefix = () => `place-${++places}`;

function open(prefix: string, options: S3StateOptions = {}, bucket = 'state') {
  const access = {
    region: standIn.region,
    endpoint: standIn.endpoint,
    pathStyle: true,
    requesterPays: false,
    credentials: { kind: 'keys', ...standIn.credentials } as const,
  };
  const place = { file: 'extracts.yaml', pointer: '/state' };
  const hasty = { ...pace, patience: tickingPatience() };
  return openS3State({ type: 's3', place, bucket, prefix, access }, { pace: hasty, ...options });
}

const shop = (tool = '1'): AppliedRecord => ({
  ...record(pipeline([table('orders', { id: 'int' })])),
  tool,
});

/** A pace whose time passes only when a test says so. */
function slowPace(): Pace & { pass(duration: number): Promise<void> } {
  let time = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    ...pace,
    patience: tickingPatience(1),
    now: () => time,
    pause: (duration, signal) =>
      new Promise((resolve, reject) => {
        const fail = () => reject(new Error('ended'));
        if (signal.aborted) fail();
        const sleeper = { until: time + duration, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener('abort', fail);
      }),
    async pass(duration) {
      time += duration;
      for (const sleeper of sleepers) {
        if (sleeper.until > time) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await Promise.resolve();
    },
  };
}

describe.each(['state', 'kept', 'minio', 'versitygw'])(
  'the contract of state, in the bucket %s',
  (bucket) => {
    const twice = () => {
      const prefix = freshPrefix();
      return Promise.resolve([open(prefix, {}, bucket), open(prefix, {}, bucket)] as [StatePort, StatePort]);
    };
    stateContract(twice, (milliseconds) => (ahead += milliseconds));
  },
);

describe('the conditions of a service', () => {
  const probes = () =>
    standIn.control.requests.entries().filter(({ key }) => key?.includes('/.probe-') === true);

  test('are tried out once for a process, by its first lock; nothing stays of it', async () => {
    const prefix = freshPrefix();
    standIn.control.requests.clear();
    const state = open(prefix);
    await (await state.lock('shop')).release();
    const once = probes().length;
    expect(once).toBeGreaterThan(4);
    await Promise.all(['a', 'b'].map(async (address) => (await state.lock(address)).release()));
    expect(probes()).toHaveLength(once);
    expect(standIn.control.list('state', `${prefix}/`)).toEqual([]);
  });

  test('what a killed run left of it goes with a later one, when it is surely over', async () => {
    const prefix = freshPrefix();
    const leave = (name: string, minutes: number) =>
      standIn.control.put('state', `${prefix}/.probe-${name}`, 'x', {
        lastModified: new Date(Date.now() - minutes * 60_000),
      });
    await leave('old', 60);
    await leave('young', 1);
    await (await open(prefix).lock('shop')).release();
    expect(standIn.control.list('state', `${prefix}/`).map(({ key }) => key)).toEqual([
      `${prefix}/.probe-young`,
    ]);
  });

  test('are never tried out by what only looks, or leases a token', async () => {
    const state = open(freshPrefix());
    standIn.control.requests.clear();
    await state.read('shop');
    await state.list();
    await state.listLocks();
    await state.holder('shop');
    await state.openRuns();
    const lease = await state.lease({ what: 'a token', names: ['a'], wait: 0 });
    await lease.release();
    expect(probes()).toEqual([]);
    await (await state.lease({ what: 'a token', names: ['a'], wait: 0 })).release();
  });

  test.each([
    ['lax', 'ignores If-None-Match: two runs could apply one pipeline at the same time'],
    ['old', 'does not implement conditional writes: two runs could apply one pipeline at the same time'],
  ])('are needed: the bucket %s is refused before anything is locked', async (bucket, message) => {
    const prefix = freshPrefix();
    const state = open(prefix, {}, bucket);
    await expect(state.lock('shop')).rejects.toMatchObject({
      code: 'EXT6008',
      message: `${standIn.endpoint} ${message}`,
      place: { file: 'extracts.yaml', pointer: '/state' },
    });
    expect(standIn.control.list(bucket, `${prefix}/`)).toEqual([]);
    expect(await state.read('shop')).toBeUndefined();
  });

  test('a service that refuses every If-Match is refused within the probe, and nothing of it stays', async () => {
    const prefix = freshPrefix();
    await expect(open(prefix, {}, 'unquoted').lock('shop')).rejects.toMatchObject({
      code: 'EXT6008',
      message: expect.stringMatching(
        /refuses a write with If-Match: "[0-9a-f]{32}", the ETag that it gave the object: no run could renew its lock$/,
      ) as string,
    });
    expect(standIn.control.list('unquoted', `${prefix}/`)).toEqual([]);
  });

  test('a service that takes a condition for a wrong argument is refused as one without conditions', async () => {
    standIn.control.faults.add({ operation: 'PutObject', act: { kind: 'error', code: 'InvalidArgument' } });
    await expect(open(freshPrefix()).lock('shop')).rejects.toMatchObject({
      code: 'EXT6008',
      message: `${standIn.endpoint} refuses conditional writes (InvalidArgument: Invalid Argument): two runs could apply one pipeline at the same time`,
    });
  });

  test('If-Match alone can be ignored, too', async () => {
    standIn.control.faults.add({
      operation: 'PutObject',
      nth: 3,
      act: { kind: 'alien', status: 200, headers: { etag: '"any"' } },
    });
    await expect(open(freshPrefix()).lock('shop')).rejects.toMatchObject({
      code: 'EXT6008',
      message: `${standIn.endpoint} ignores If-Match: two runs could apply one pipeline at the same time`,
    });
  });

  test.each(['minio', 'state', 'versitygw'])(
    'a run that comes back late leaves the lease of the next one (%s)',
    async (bucket) => {
      const prefix = freshPrefix();
      const first = await open(prefix, { pace: slowPace() }, bucket).lock('shop');
      ahead += 121_000;
      const second = await open(prefix, {}, bucket).lock('shop');
      await first.release();
      await second.confirm();
      const third = open(prefix, {}, bucket);
      await expect(third.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
      await second.release();
      await (await third.lock('shop')).release();
    },
  );

  test('a removed record is no record, also where its object must stay', async () => {
    const prefix = freshPrefix();
    for (let round = 0; round < 2; round++) {
      const state = open(prefix, {}, 'versitygw');
      const lock = await state.lock('shop');
      expect(await state.read('shop')).toBeUndefined();
      const version = await lock.write(shop(), undefined);
      expect(await state.list()).toEqual(['shop']);
      await lock.remove(version);
      expect(await state.list()).toEqual([]);
      await lock.release();
    }
  });

  test('a delete marker that an older version has left is named', async () => {
    const prefix = freshPrefix();
    await standIn.control.put('versitygw', `${prefix}/shop.lock`, '{}');
    standIn.control.delete('versitygw', `${prefix}/shop.lock`);
    await expect(open(prefix, {}, 'versitygw').lock('shop')).rejects.toMatchObject({
      code: 'EXT6003',
      hint: expect.stringContaining(`delete all versions of s3://versitygw/${prefix}/shop.lock`) as string,
    });
  });
});

test('objects lie below the prefix, and nothing stays of a lock', async () => {
  const prefix = freshPrefix();
  const lock = await open(prefix, { job: 'https://ci.example.com/jobs/7' }).lock('t[a/b]');
  expect(await standIn.control.read('state', `${prefix}/t%5Ba%2Fb%5D.lock`).then(String)).toContain(
    '"job": "https://ci.example.com/jobs/7"',
  );
  await lock.write({ ...shop(), address: 't[a/b]' }, undefined);
  await lock.release();
  expect(standIn.control.list('state', `${prefix}/`).map(({ key }) => key)).toEqual([
    `${prefix}/t%5Ba%2Fb%5D.json`,
  ]);
});

test('every change is a conditional request', async () => {
  standIn.control.requests.clear();
  const state = open(freshPrefix());
  const lock = await state.lock('shop');
  await lock.write(shop(), undefined);
  await lock.remove((await state.read('shop'))!.version);
  await lock.release();
  const changes = standIn.control.requests.entries().filter(({ method }) => method !== 'GET');
  expect(changes.length).toBeGreaterThan(4);
  for (const { conditions } of changes) expect(Object.keys(conditions)).toHaveLength(1);
});

test('a lease that is not renewed expires by the clock of the service, and is taken over', async () => {
  const prefix = freshPrefix();
  const still = slowPace();
  const state = open(prefix, { pace: still });
  const first = await state.lock('shop');
  await first.write(shop(), undefined);
  const seen = (await state.read('shop'))?.version;

  ahead += 115_000;
  const other = open(prefix);
  await expect(other.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  expect(await other.holder('shop')).toMatchObject({ alive: 'yes' });
  ahead += 10_000;
  expect(await other.holder('shop')).toMatchObject({ alive: 'no' });
  const second = await other.lock('shop');

  // The record is as it was, so that the plan of the second holds; but not for the first.
  expect((await other.read('shop'))?.version).toBe(seen);
  await expect(first.write(shop('late'), seen)).rejects.toMatchObject({
    code: 'EXT6006',
    message: expect.stringMatching(
      /^the lock of shop was lost: process \d+ on \S+ has taken it over$/,
    ) as string,
  });
  await second.write(shop('2'), seen);
  await first.release();
  await second.release();
  expect((await other.read('shop'))?.record.tool).toBe('2');
});

test.each([true, false])(
  'a write on its way when the lease is taken over fails (a record before: %s)',
  async (before) => {
    const prefix = freshPrefix();
    const first = await open(prefix, { pace: slowPace() }).lock('shop');
    if (before) await first.write(shop(), undefined);
    const [stored] = standIn.control.list('state', `${prefix}/shop.json`);

    ahead += 121_000;
    const other = open(prefix);
    const second = await other.lock('shop');
    const client = clientOf(standIn);
    const late = client.send(
      new PutObjectCommand({
        Bucket: 'state',
        Key: `${prefix}/shop.json`,
        Body: 'what the first had sent before, which comes only now',
        ...(stored === undefined ? { IfNoneMatch: '*' } : { IfMatch: `"${stored.etag}"` }),
      }),
    );
    await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
    client.destroy();

    await second.write(shop('2'), (await other.read('shop'))?.version);
    expect((await other.read('shop'))?.record.tool).toBe('2');
    await first.release();
    await second.release();
  },
);

test('a record is read also where a proxy leaves out the length of the answer', async () => {
  const prefix = freshPrefix();
  const state = open(prefix);
  const lock = await state.lock('shop');
  const version = await lock.write(shop('ü'), undefined);
  standIn.control.faults.add({
    operation: 'GetObject',
    key: `${prefix}/shop.json`,
    times: Infinity,
    act: { kind: 'edit', headers: { 'content-length': undefined } },
  });
  const other = open(prefix);
  for (let time = 0; time < 2; time++)
    expect(await other.read('shop')).toEqual({ record: shop('ü'), version });
  expect(standIn.control.faults.pending()).toEqual([]);
  standIn.control.faults.clear();
  await lock.release();
});

test('the heartbeat keeps a lease for as long as it takes', async () => {
  const prefix = freshPrefix();
  const beating = slowPace();
  const lock = await open(prefix, { pace: beating }).lock('shop');
  const other = open(prefix);
  for (let renewals = 1; renewals <= 5; renewals++) {
    await beating.pass(20_000);
    ahead += 20_000;
    await vi.waitUntil(async () => (await leaseOf(prefix)).renewals === renewals, patiently);
    await expect(other.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  }
  expect(lock.lost.aborted).toBe(false);
  await lock.release();
  await (await other.lock('shop')).release();
});

test('a holder that cannot renew its lease gives up before others may take it', async () => {
  const prefix = freshPrefix();
  const beating = slowPace();
  const lock = await open(prefix, { pace: beating }).lock('shop');
  standIn.control.faults.add({
    operation: 'PutObject',
    key: `${prefix}/shop.lock`,
    times: Infinity,
    act: { kind: 'error', code: 'ServiceUnavailable' },
  });
  for (let second = 0; second < 109; second++) await beating.pass(1000);
  expect(lock.lost.aborted).toBe(false);
  await vi.waitUntil(() => standIn.control.faults.pending().length === 0, patiently);
  await beating.pass(1500);
  await vi.waitUntil(() => lock.lost.aborted, patiently);
  expect(lock.lost.reason).toMatchObject({
    code: 'EXT6006',
    message: expect.stringContaining('it could not be renewed in time') as string,
  });
  standIn.control.faults.clear();
  await expect(lock.write(shop(), undefined)).rejects.toMatchObject({ code: 'EXT6006' });
  await lock.release();
});

describe('an answer that is lost', () => {
  test.each(['shop.lock', 'shop.json'])('to the write of %s does no harm', async (name) => {
    const prefix = freshPrefix();
    const state = open(prefix);
    const fault = { key: `${prefix}/${name}`, act: { kind: 'lost-answer' } } as const;
    standIn.control.faults.add({ operation: 'PutObject', ...fault });
    standIn.control.faults.add({ operation: 'DeleteObject', ...fault });
    const lock = await state.lock('shop');
    await lock.confirm();
    await lock.write(shop(), undefined);
    expect((await state.read('shop'))?.record).toEqual(shop());
    if (name === 'shop.json') {
      standIn.control.faults.clear();
    }
    await lock.release();
    expect(standIn.control.faults.pending()).toEqual([]);
    expect(await state.holder('shop')).toBeUndefined();
  });
});

test.each(['InternalError', 'SlowDown', 'ConditionalRequestConflict'] as const)('%s passes', async (code) => {
  const prefix = freshPrefix();
  const state = open(prefix);
  for (const operation of ['PutObject', 'GetObject', 'DeleteObject', 'ListObjectsV2'] as const)
    standIn.control.faults.add({ operation, times: 2, act: { kind: 'error', code } });
  const lock = await state.lock('shop');
  await lock.write(shop(), undefined);
  expect(await state.list()).toEqual(['shop']);
  await lock.release();
  expect(standIn.control.faults.pending()).toEqual([]);
});

describe('errors read like those of S3 sources', () => {
  test.each([
    ['PutObject', 'may not write s3://state/x/.probe-: AccessDenied', 's3:PutObject'],
    ['GetObject', 'may not read s3://state/x/shop.json: AccessDenied', 's3:GetObject'],
    ['ListObjectsV2', 'may not list s3://state/x/: AccessDenied', 's3:ListBucket'],
  ] as const)('%s is not allowed', async (operation, message, needs) => {
    standIn.control.faults.add({ operation, act: { kind: 'error', code: 'AccessDenied' } });
    const state = open('x');
    const act = {
      PutObject: () => state.lock('shop'),
      GetObject: () => state.read('shop'),
      ListObjectsV2: () => state.list(),
    }[operation];
    await expect(act()).rejects.toMatchObject({
      code: 'EXT2204',
      message: expect.toSatisfy(
        (text: string) => text.replace(/\.probe-[0-9a-f]+/, '.probe-') === message,
      ) as string,
      hint: expect.stringContaining(needs) as string,
      place: { file: 'extracts.yaml', pointer: '/state' },
    });
  });

  test.each([
    [404, '<html><title>404 Not Found</title></html>', '404 and an HTML page ("404 Not Found")'],
    [404, '', '404 and an empty body'],
    [200, '<html><title>Sign in</title></html>', 'an HTML page ("Sign in")'],
    [200, '', 'an empty body'],
  ])('an answer of another program (%i %s) is not a place without records', async (status, body, words) => {
    const prefix = freshPrefix();
    const state = open(prefix);
    const lock = await state.lock('shop');
    await lock.write(shop(), undefined);
    await lock.release();
    const act = { kind: 'alien', status, body, headers: { 'content-type': 'text/html' } } as const;
    for (const operation of ['GetObject', 'ListObjectsV2', 'PutObject'] as const) {
      standIn.control.faults.add({ operation, times: Infinity, act });
    }
    const error = {
      code: 'EXT2214',
      message: expect.stringContaining(`with ${words}: that is not S3`) as string,
    };
    await expect(state.read('shop')).rejects.toMatchObject(error);
    await expect(state.list()).rejects.toMatchObject(error);
    await expect(state.lock('shop')).rejects.toMatchObject(error);
    standIn.control.faults.clear();
    expect((await state.read('shop'))?.record).toEqual(shop());
  });

  test('there is no such bucket, or it is elsewhere', async () => {
    await expect(open('x', {}, 'nowhere').read('shop')).rejects.toMatchObject({ code: 'EXT2205' });
    await expect(open('x', {}, 'nowhere').lock('shop')).rejects.toMatchObject({ code: 'EXT2205' });
    await expect(open('x', {}, 'elsewhere').lock('shop')).rejects.toMatchObject({
      code: 'EXT2207',
      hint: 'write region: eu-west-1',
    });
  });

  test('a record of another pipeline is none of this one', async () => {
    const prefix = freshPrefix();
    const shop = { ...record(pipeline([table('orders', { id: 'int' })])), address: 'shop' };
    const envelope = JSON.stringify({ format: 1, fence: 'x', record: shop });
    await standIn.control.put('state', `${prefix}/copy.json`, envelope);
    await standIn.control.put('state', `${prefix}/shop.json`, envelope);
    const state = open(prefix);
    await expect(state.read('copy')).rejects.toMatchObject({
      code: 'EXT6002',
      message: `cannot read the state s3://state/${prefix}/copy.json: it is the record of shop, not of copy`,
    });
    expect((await state.read('shop'))?.record).toEqual(shop);
  });

  test('a damaged record, lock or note of a run is an error that says how to continue', async () => {
    const prefix = freshPrefix();
    await standIn.control.put('state', `${prefix}/shop.json`, '{"format":');
    await standIn.control.put('state', `${prefix}/shop.lock`, '{"format":2}');
    await standIn.control.put('state', `${prefix}/.run-0f.json`, '{"id":');
    const state = open(prefix);
    await expect(state.openRuns()).rejects.toMatchObject({ code: 'EXT6002' });
    await expect(state.read('shop')).rejects.toMatchObject({ code: 'EXT6002' });
    await expect(state.lock('shop')).rejects.toMatchObject({ code: 'EXT6002' });
  });
});

async function leaseOf(prefix: string): Promise<{ renewals: number }> {
  const text = await standIn.control.read('state', `${prefix}/shop.lock`);
  return JSON.parse(text.toString()) as { renewals: number };
}
