import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { Act, FaultRule } from '../src/faults.ts';
import type { RawClient } from './raw-client.ts';
import {
  append,
  awaitJob,
  form,
  only,
  publish,
  publishPayload,
  signedIn,
  trySignIn,
  upload,
} from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openSamples } from './samples.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';
import type { Upload } from '../src/world.ts';

let standIn: TableauStandIn;
let samples: Samples;
let client: RawClient;
let sales: string;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  samples = await openSamples();
  sales = await samples.sales('sales.hyper', 3);
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
});
beforeEach(async () => {
  standIn.control.world.dataSources = [];
  client = await signedIn(standIn.url);
});
afterEach(async () => {
  standIn.control.faults.clear();
  await standIn.control.settled();
  expect(standIn.control.defects).toEqual([]);
});

const fault = (method: string, path: RegExp, act: Act, rest: Partial<FaultRule> = {}) =>
  standIn.control.faults.add({ method, path, act, ...rest });
const projects = () => client.send('GET', '/sites/:site/projects');
const held = (id: string): Upload => standIn.control.uploads().find((one) => one.id === id)!;
const lastStatus = () => standIn.control.requests().at(-1)!.status;
/** The name of the system error under a failed fetch. */
const failure = async (request: Promise<unknown>) => {
  const error: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code;
};
const cutOff = expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET|EPIPE/) as string;

test('a rule strikes from its nth request on, for so many times, and counts', async () => {
  const rule = fault('GET', /projects/, { do: 'answer', status: 500 }, { nth: 2, times: 2 });
  const statuses = [];
  for (let call = 0; call < 4; call += 1) statuses.push((await projects()).status);
  expect(statuses).toEqual([200, 500, 500, 200]);
  expect(rule).toMatchObject({ seen: 4, struck: 2 });
  expect((await client.send('GET', '/sites/:site/datasources')).status).toBe(200);
});

describe('answers instead of working', () => {
  test('too many requests, with seconds or a date', async () => {
    fault('GET', /projects/, { do: 'rate-limit', retryAfter: 7 });
    const seconds = await projects();
    expect(seconds).toMatchObject({ status: 429, code: '429000' });
    expect(seconds.headers.get('retry-after')).toBe('7');
    const until = new Date('2026-03-01T08:00:00Z');
    fault('GET', /projects/, { do: 'rate-limit', retryAfter: until });
    expect((await projects()).headers.get('retry-after')).toBe('Sun, 01 Mar 2026 08:00:00 GMT');
  });

  test('an error of the API, with any code and text', async () => {
    const act = { do: 'answer', status: 500, code: '500000', summary: 'Oops', detail: 'It broke' } as const;
    fault('POST', /datasources/, act);
    expect(await publish(client, { name: 'x', file: sales })).toMatchObject({
      status: 500,
      code: '500000',
      detail: 'It broke',
    });
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test.each([413, 502, 503, 504])('a page of HTML with status %i, as proxies send it', async (status) => {
    fault('POST', /datasources/, { do: 'answer', status, html: true });
    const answer = await publish(client, { name: 'x', file: sales });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.text).toMatch(/^<html>/);
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test('a redirect, which must be sent again as it was', async () => {
    const location = `${standIn.url}/api/3.27/auth/signin`;
    fault('POST', /signin/, { do: 'answer', status: 301, headers: { Location: location } });
    const answer = await trySignIn(standIn.url);
    expect([answer.status, answer.headers.get('location')]).toEqual([301, location]);
    expect((await trySignIn(standIn.url)).status).toBe(200);
  });

  test('before it has read the body, and then hangs up', async () => {
    fault('PUT', /fileUploads/, { do: 'answer', status: 503, html: true, early: true });
    const id = await upload(client, []);
    const answer = await append(client, id, Buffer.alloc(1024)).catch(() => undefined);
    if (answer !== undefined) {
      expect([answer.status, answer.headers.get('connection')]).toEqual([503, 'close']);
    }
    expect(standIn.control.requests().at(-1)).toMatchObject({ status: 503, received: 0 });
    expect(held(id).blocks).toEqual([]);
  });
});

describe('cuts the connection', () => {
  test('before it has read anything', async () => {
    fault('GET', /projects/, { do: 'reset', when: 'before' });
    expect(await failure(projects())).toEqual(cutOff);
    expect(lastStatus()).toBe('reset');
    expect((await projects()).status).toBe(200);
  });

  test('in the middle of a body, of which nothing stays', async () => {
    const id = await upload(client, [Buffer.from('first')]);
    fault('PUT', /fileUploads/, { do: 'reset', when: 'mid-body', afterBytes: 100_000 });
    expect(await failure(append(client, id, Buffer.alloc(3_000_000)))).toEqual(cutOff);
    expect(standIn.control.requests().at(-1)!.received).toBeLessThan(3_000_000);
    expect(held(id).blocks.map(({ size }) => size)).toEqual([5]);
    expect((await append(client, id, Buffer.from('second'))).status).toBe(201);
  });

  test('after the bytes of a chunk were stored: the append that cannot be told from a lost one', async () => {
    const id = await upload(client, []);
    fault('PUT', /fileUploads/, { do: 'reset', when: 'after-work' });
    expect(await failure(append(client, id, Buffer.alloc(2_000_000)))).toEqual(cutOff);
    expect(held(id).blocks.map(({ size }) => size)).toEqual([2_000_000]);
  });

  test('after a publication was done', async () => {
    fault('POST', /datasources/, { do: 'reset', when: 'after-work' });
    expect(await failure(publish(client, { name: 'x', file: sales }))).toEqual(cutOff);
    expect(standIn.control.dataSource('x').revisions).toHaveLength(1);
  });
});

describe('loses the answer of work that is done', () => {
  test('behind a gateway time-out', async () => {
    const bytes = Buffer.alloc(10);
    const id = await upload(client, [bytes]);
    const act = { do: 'answer', status: 504, html: true, when: 'after-work' } as const;
    fault('POST', /datasources/, act);
    expect((await publish(client, { name: 'x', file: sales })).status).toBe(504);
    expect(standIn.control.dataSource('x').revisions).toHaveLength(1);
    fault('PUT', /fileUploads/, act);
    expect((await append(client, id, bytes)).status).toBe(504);
    expect(held(id).blocks).toHaveLength(2);
  });

  test('while it is still going on, so that it takes effect later', async () => {
    let release = (): void => undefined;
    const commit = new Promise<void>((resolve) => (release = resolve));
    fault('POST', /datasources/, { do: 'answer', status: 504, html: true, when: 'during-work' });
    fault('POST', /datasources/, { do: 'wait', for: commit, when: 'before-commit' });
    expect((await publish(client, { name: 'x', file: sales })).status).toBe(504);
    expect(standIn.control.dataSources()).toEqual([]);
    release();
    await expect.poll(() => standIn.control.dataSources()).toHaveLength(1);
  });
});

test('answers slowly', async () => {
  const rule = fault('GET', /projects/, { do: 'wait', for: 40 });
  const started = performance.now();
  expect((await projects()).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(35);
  expect(rule.struck).toBe(1);
});

test('answers when the test lets it', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  fault('GET', /projects/, { do: 'wait', for: gate, when: 'after-work' });
  const asked = projects();
  await expect.poll(() => standIn.control.requests().at(-1)!.url).toContain('projects');
  expect(lastStatus()).toBeUndefined();
  release();
  expect((await asked).status).toBe(200);
});

describe('revokes the token', () => {
  test('in the middle of an upload, which a new session may go on with', async () => {
    const id = await upload(client, [Buffer.from('a')]);
    fault('PUT', /fileUploads/, { do: 'revoke-token' }, { nth: 2 });
    expect((await append(client, id, Buffer.from('b'))).status).toBe(201);
    expect(await append(client, id, Buffer.from('c'))).toMatchObject({ status: 401, code: '401002' });
    const again = await signedIn(standIn.url);
    expect((await append(again, id, Buffer.from('c'))).status).toBe(201);
    expect(held(id).blocks).toHaveLength(3);
  });

  test('after an answer, so that the next call meets it', async () => {
    fault('GET', /projects/, { do: 'revoke-token', when: 'after-work' });
    expect((await projects()).status).toBe(200);
    expect(await projects()).toMatchObject({ status: 401, code: '401002' });
  });
});

describe('lets jobs go wrong', () => {
  const asJob = () => publish(client, { name: 'Sales', file: sales, query: 'asJob=true' });

  test('failed with notes, the work undone', async () => {
    const statusNotes = [{ type: 'errorCode', value: '400011', text: 'No room' }];
    fault('POST', /asJob/, { do: 'job', outcome: 'failed', work: 'skipped', notes: ['Why'], statusNotes });
    const job = await awaitJob(client, await asJob());
    expect(job.attributes).toMatchObject({ progress: '100', finishCode: '1' });
    const [details, notes] = job.children;
    expect([details!.children[0]!.text, notes!.children[0]!.attributes]).toEqual(['Why', statusNotes[0]]);
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test('failed without a word although the work was done', async () => {
    fault('POST', /asJob/, { do: 'job', outcome: 'failed', work: 'done' });
    const job = await awaitJob(client, await asJob());
    expect([job.attributes.finishCode, job.children]).toEqual(['1', []]);
    expect(standIn.control.dataSources('Sales')).toHaveLength(1);
  });

  test('cancelled by somebody', async () => {
    fault('POST', /asJob/, { do: 'job', outcome: 'cancelled', work: 'skipped' });
    const job = await awaitJob(client, await asJob());
    expect(job.attributes).toMatchObject({ finishCode: '2' });
  });

  test('purged, the work done', async () => {
    fault('POST', /asJob/, { do: 'job', outcome: 'purged', work: 'done' });
    const { id } = only(await asJob(), 'job').attributes;
    expect(await client.send('GET', `/sites/:site/jobs/${id}`)).toMatchObject({
      status: 404,
      code: '404018',
    });
    await standIn.control.settled();
    expect(standIn.control.dataSources('Sales')).toHaveLength(1);
  });

  test('stalled for ever', async () => {
    fault('POST', /asJob/, { do: 'job', outcome: 'stalled', work: 'done' });
    const { id } = only(await asJob(), 'job').attributes;
    for (let call = 0; call < 4; call += 1) {
      const job = only(await client.send('GET', `/sites/:site/jobs/${id}`), 'job');
      expect(job.attributes).not.toHaveProperty('completedAt');
    }
  });

  test('more slowly than usual', async () => {
    standIn.control.configure({ jobPolls: 4 });
    const started = await asJob();
    const { id } = only(started, 'job').attributes;
    const progress = [];
    for (let call = 0; call < 4; call += 1) {
      const job = only(await client.send('GET', `/sites/:site/jobs/${id}`), 'job');
      progress.push(job.attributes.progress);
    }
    standIn.control.configure({ jobPolls: 2 });
    expect(progress).toEqual(['0', '25', '50', '100']);
  });

  test('for some seconds at least', async () => {
    let now = new Date();
    standIn.control.configure({ jobSeconds: 5, jobPolls: 1, now: () => now });
    const { id } = only(await asJob(), 'job').attributes;
    const progress = async () =>
      only(await client.send('GET', `/sites/:site/jobs/${id}`), 'job').attributes.progress;
    expect(await progress()).not.toBe('100');
    now = new Date(now.getTime() + 5000);
    expect(await progress()).toBe('100');
    standIn.control.configure({ jobSeconds: 0, jobPolls: 2, now: () => new Date() });
  });
});

test('a client that goes away in the middle of a chunk leaves nothing', async () => {
  const id = await upload(client, []);
  const { body, headers } = form('', { part: 'tableau_file', fileName: 'file', bytes: Buffer.alloc(1000) });
  const controller = new AbortController();
  async function* half() {
    yield new Uint8Array(Buffer.from(body as Buffer).subarray(0, 500));
    controller.abort();
    await new Promise(() => undefined);
  }
  const url = `${standIn.url}/api/3.27/sites/${client.site}/fileUploads/${id}`;
  const request = new Request(url, {
    method: 'PUT',
    headers: { ...headers, 'Content-Length': String(body.length), 'X-Tableau-Auth': client.token },
    body: ReadableStream.from(half()),
    duplex: 'half',
    signal: controller.signal,
  });
  await expect(fetch(request)).rejects.toThrow('aborted');
  expect(held(id).blocks).toEqual([]);
  expect((await append(client, id, Buffer.from('x'))).status).toBe(201);
});

test('several rules may strike one request', async () => {
  fault('POST', /datasources/, { do: 'wait', for: 1 });
  fault('POST', /datasources/, { do: 'revoke-token', when: 'after-work' });
  fault('POST', /datasources/, { do: 'answer', status: 502, html: true, when: 'after-work' });
  const request = form(publishPayload('x'), {
    part: 'tableau_datasource',
    fileName: 'x.csv',
    bytes: Buffer.from('x'),
  });
  expect((await client.send('POST', '/sites/:site/datasources', request)).status).toBe(502);
  expect(await projects()).toMatchObject({ code: '401002' });
});
