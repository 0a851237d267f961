import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Act, FaultRule } from '../../../stand-ins/tableau/src/faults.ts';
import { demo } from '../../../stand-ins/tableau/src/seed.ts';
import type { AppliedPublication } from '../../../src/model/world/applied-record.ts';
import { semaphore } from '../../../src/model/base/limit.ts';
import { built, deliveryOf, destinationOn, never, write } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn, samples } = workshop;
const first = await samples.sales('first.hyper', 3);
const second = await samples.sales('second.hyper', 5);

const chunked = { singleBelow: 0, chunkSize: 30_000 };
const open = (changes?: Parameters<typeof destinationOn>[1]) =>
  workshop.opened.destinations.open(destinationOn(standIn.url, { ...chunked, ...changes }));
const fault = (method: string, path: RegExp, act: Act, rest: Partial<FaultRule> = {}) =>
  standIn.control.faults.add({ method, path, act, ...rest });
const shop = () => standIn.control.dataSource('Shop');
const content = async () => readFile(standIn.control.fileOf(shop()).path);
const commit = /\/datasources\?/;

/**
 * Publishes one before, so that every fault meets something that it could spoil. An earlier run did it, whose session and
 * projects this one does not know.
 */
async function publishedBefore() {
  await write(open(), first);
  await workshop.opened.destinations.close();
  return { ...shop(), revisions: [...shop().revisions] };
}

/** The new file is there once: same id, one more revision. */
async function expectReplaced(before: Awaited<ReturnType<typeof publishedBefore>>) {
  expect(standIn.control.dataSources()).toHaveLength(1);
  expect(shop().id).toBe(before.id);
  expect(shop().revisions).toHaveLength(before.revisions.length + 1);
  expect(await content()).toEqual(await readFile(second));
}

async function expectUntouched(before: Awaited<ReturnType<typeof publishedBefore>>) {
  expect(standIn.control.dataSources()).toHaveLength(1);
  expect(shop()).toMatchObject({ id: before.id, updatedAt: before.updatedAt });
  expect(shop().revisions).toEqual(before.revisions);
  expect(await content()).toEqual(await readFile(first));
}

const html = (status: number): Act => ({ do: 'answer', status, html: true });
const reads = /\/projects\?/;
const chunks = /\/fileUploads\/./;
const begins = /\/fileUploads$/;

describe('faults that pass unnoticed, after which the file is published once', () => {
  test.each<[string, string, RegExp, Act, Partial<FaultRule>?]>([
    ['too many calls, with seconds', 'GET', reads, { do: 'rate-limit', retryAfter: 7 }],
    [
      'too many calls at the commit, with a date',
      'POST',
      commit,
      { do: 'rate-limit', retryAfter: new Date(Date.now() + 60_000) },
    ],
    ['too many calls for a chunk', 'PUT', chunks, { do: 'rate-limit', retryAfter: 1 }, { times: 3 }],
    ['a 502 of a proxy while reading', 'GET', reads, html(502), { times: 2 }],
    ['a 503 while the upload begins', 'POST', begins, html(503)],
    ['a 500 of the API while reading', 'GET', reads, { do: 'answer', status: 500 }],
    ['a cut before a read arrives', 'GET', reads, { do: 'reset', when: 'before' }],
    ['a cut before a chunk arrives', 'PUT', chunks, { do: 'reset', when: 'before' }, { nth: 2 }],
    ['a cut in the middle of a chunk', 'PUT', chunks, { do: 'reset', when: 'mid-body', afterBytes: 20_000 }],
    ['a cut after a chunk was stored', 'PUT', chunks, { do: 'reset', when: 'after-work' }, { nth: 2 }],
    ['a 504 after a chunk was stored', 'PUT', chunks, { ...html(504), when: 'after-work' } as Act],
    ['a 503 before a chunk is read', 'PUT', chunks, { ...html(503), early: true } as Act],
    ['a cut before the commit arrives', 'POST', commit, { do: 'reset', when: 'before' }],
    ['a cut after the commit', 'POST', commit, { do: 'reset', when: 'after-work' }],
    ['a 504 although the commit was done', 'POST', commit, { ...html(504), when: 'after-work' } as Act],
    ['a 504 while the commit is still at work', 'POST', commit, { ...html(504), when: 'during-work' } as Act],
    ['a 500 instead of the commit', 'POST', commit, { do: 'answer', status: 500 }],
    ['a job that is forgotten and done', 'POST', commit, { do: 'job', outcome: 'purged', work: 'done' }],
    ['a job that never ends and is done', 'POST', commit, { do: 'job', outcome: 'stalled', work: 'done' }],
    [
      'a list that became shorter between two of its pages',
      'GET',
      reads,
      { do: 'answer', status: 400, code: '400006' },
    ],
    ['a session that ends before the project is looked up', 'GET', reads, { do: 'revoke-token' }],
    ['a session that ends in mid-upload', 'PUT', chunks, { do: 'revoke-token' }, { nth: 2 }],
    ['a session that ends before the commit', 'POST', commit, { do: 'revoke-token' }],
    [
      'a session that ends when the commit is done',
      'POST',
      commit,
      { do: 'revoke-token', when: 'after-work' },
    ],
    ['a session that ends while the job is at work', 'GET', /\/jobs\//, { do: 'revoke-token' }],
    ['a 503 while asking for the job', 'GET', /\/jobs\//, html(503), { times: 3 }],
    ['a 503 at the sign-in', 'POST', /signin/, html(503)],
  ])('%s', async (_, method, path, act, rest = {}) => {
    const before = await publishedBefore();
    const rule = fault(method, path, act, rest);
    const { delivered } = await write(open(), second);
    expect(rule.struck).toBeGreaterThan(0);
    await expectReplaced(before);
    expect(delivered).toMatchObject({ id: before.id, revision: 2 });
  });

  test.each<[string, Act]>([
    ['a cut after the commit', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { ...html(504), when: 'after-work' } as Act],
    ['a cut before it arrives', { do: 'reset', when: 'before' }],
    ['a cut in mid-body', { do: 'reset', when: 'mid-body', afterBytes: 60_000 }],
  ])('of a single request: %s', async (_, act) => {
    const before = await publishedBefore();
    fault('POST', commit, act);
    await write(open({ singleBelow: 64_000_000 }), second);
    await expectReplaced(before);
  });

  test.each<[string, Act]>([
    ['a cut after the commit', { do: 'reset', when: 'after-work' }],
    ['a 502 although it was done', { ...html(502), when: 'after-work' } as Act],
    ['a 502 instead of it', html(502)],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
  ])('of a first publication with mode: create: %s', async (_, act) => {
    fault('POST', commit, act);
    await write(open({ delivery: { method: 'publish', mode: 'create' } }), second);
    expect(standIn.control.dataSources()).toHaveLength(1);
    expect(shop().revisions).toHaveLength(1);
    expect(await content()).toEqual(await readFile(second));
  });

  test('an upload that only lives as long as its session', async () => {
    standIn.control.configure({ uploadBoundTo: 'session' });
    const before = await publishedBefore();
    fault('POST', commit, { do: 'revoke-token' });
    await write(open(), second);
    await expectReplaced(before);
  });

  test.each<[string, string, RegExp, 'before' | 'after-work']>([
    ['to a read', 'GET', reads, 'before'],
    ['to a chunk', 'PUT', chunks, 'before'],
    ['to the commit, which waits', 'POST', commit, 'before'],
    ['to the commit, which was done', 'POST', commit, 'after-work'],
  ])('an answer %s that comes later than anybody waits', async (_, method, path, when) => {
    const before = await publishedBefore();
    let answerNow: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (answerNow = resolve));
    const rule = fault(method, path, { do: 'wait', for: late, when });
    try {
      await write(open({ connection: { timeout: 0.3 } }), second);
    } finally {
      answerNow();
    }
    expect(rule.struck).toBe(1);
    await expectReplaced(before);
  });

  test('a session that expires in mid-upload, by the clock of the server', async () => {
    const before = await publishedBefore();
    const expire = () => {
      standIn.control.configure({ now: () => new Date(Date.now() + 5 * 3_600_000) });
    };
    const sessions = standIn.control.world.sessions.size;
    await open().write(await built(second), deliveryOf({ progress: expire }));
    // Its own, and the one after that has expired.
    expect(standIn.control.world.sessions.size).toBe(sessions + 2);
    await expectReplaced(before);
  });

  test('the wait is as long as the server asks', async () => {
    fault('GET', reads, { do: 'rate-limit', retryAfter: 77 });
    await write(open(), first);
    expect(workshop.opened.clock.slept).toContain(77_000);
  });
});

describe('what cannot be helped leaves what was there', () => {
  test.each<[string, string, RegExp, Act, string, RegExp]>([
    [
      'a job that fails with notes',
      'POST',
      commit,
      { do: 'job', outcome: 'failed', work: 'skipped', notes: ['disk is full'] },
      'EXT5112',
      /^the publishing job [0-9a-f-]{36} of .* failed: disk is full/,
    ],
    [
      'a job that fails without a word',
      'POST',
      commit,
      { do: 'job', outcome: 'failed', work: 'skipped' },
      'EXT5112',
      /without saying why/,
    ],
    [
      'a job with an error among its status notes',
      'POST',
      commit,
      {
        do: 'job',
        outcome: 'failed',
        work: 'skipped',
        statusNotes: [{ type: 'errorCode', value: '400011', text: 'bad file' }],
      },
      'EXT5112',
      /400011: bad file/,
    ],
    [
      'a job that is cancelled',
      'POST',
      commit,
      { do: 'job', outcome: 'cancelled', work: 'skipped' },
      'EXT5112',
      /was cancelled/,
    ],
    [
      'a job that is forgotten, not done',
      'POST',
      commit,
      { do: 'job', outcome: 'purged', work: 'skipped' },
      'EXT5113',
      /forgotten the job/,
    ],
    [
      'a job that never ends, not done',
      'POST',
      commit,
      { do: 'job', outcome: 'stalled', work: 'skipped' },
      'EXT5113',
      /has not ended after 600 s/,
    ],
    [
      'a quota',
      'POST',
      commit,
      { do: 'answer', status: 403, code: '403008', detail: 'no room' },
      'EXT5110',
      /no room left/,
    ],
    ['a proxy that takes no such size', 'PUT', chunks, html(413), 'EXT5109', /no request of this size/],
    [
      'a login page instead of an answer',
      'GET',
      reads,
      { do: 'answer', status: 200, html: true },
      'EXT5103',
      /no answer of Tableau/,
    ],
  ])('%s', async (_, method, path, act, code, message) => {
    const before = await publishedBefore();
    fault(method, path, act);
    await expect(write(open(), second)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    await expectUntouched(before);
  });

  test.each<[string, string, RegExp, Act, string]>([
    ['a server that stays away', 'GET', reads, html(503), 'EXT5111'],
    ['a server that counts without end', 'GET', reads, { do: 'rate-limit', retryAfter: 60 }, 'EXT5111'],
    ['chunks that are always lost', 'PUT', chunks, { do: 'reset', when: 'after-work' }, 'EXT5101'],
    ['commits that never come through', 'POST', commit, html(502), 'EXT5111'],
  ])('%s', async (_, method, path, act, code) => {
    const before = await publishedBefore();
    fault(method, path, act, { times: 1000 });
    await expect(write(open(), second)).rejects.toMatchObject({ code });
    await expectUntouched(before);
  });

  test('a job that reports failure although it has published: the error names both, nothing is sent again', async () => {
    const before = await publishedBefore();
    fault('POST', commit, { do: 'job', outcome: 'failed', work: 'done', notes: ['odd'] });
    const error: unknown = await write(open(), second).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EXT5112', hint: expect.stringContaining('has changed') as string });
    await expectReplaced(before);
  });
});

describe('rows are never added twice', () => {
  const append = { delivery: { method: 'publish', mode: 'append' } } as const;
  const rows = async () =>
    Number(
      (
        await samples.rows(standIn.control.fileOf(shop()).path, 'select count(*) as n from made.public.sales')
      )[0]!.n,
    );

  test.each<[string, Act]>([
    ['a cut after the commit', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { ...html(504), when: 'after-work' } as Act],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
    ['a cut before it arrives', { do: 'rate-limit', retryAfter: 1 }],
  ])('%s', async (_, act) => {
    await publishedBefore();
    fault('POST', commit, act);
    await write(open(append), second);
    expect(await rows()).toBe(8);
  });

  test('an unknown outcome is reported, and nothing is sent again', async () => {
    const before = await publishedBefore();
    fault('POST', commit, html(502));
    await expect(write(open(append), second)).rejects.toMatchObject({ code: 'EXT5113' });
    await expectUntouched(before);
    expect(
      standIn.control.requests().filter(({ url }) => url.includes('append=true')).length,
    ).toBeGreaterThan(0);
  });
});

describe('sessions', () => {
  test('two pipelines at once with one token share one session', async () => {
    const before = standIn.control.requests().length;
    await Promise.all([
      write(open({ name: 'One' }), first),
      write(open({ name: 'Two' }), second),
      write(open({ name: 'Three', singleBelow: 64_000_000 }), first),
    ]);
    const own = standIn.control.requests().slice(before);
    expect(own.filter(({ url }) => url.endsWith('/auth/signin'))).toHaveLength(1);
    expect(own.filter(({ status }) => status === 401)).toEqual([]);
    expect(
      standIn.control
        .dataSources()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['One', 'Three', 'Two']);
    await workshop.opened.destinations.close();
    expect(standIn.control.requests().at(-1)!.url).toMatch(/signout$/);
  });

  test('a session that ends for all of them is renewed once', async () => {
    await Promise.all([write(open({ name: 'One' }), first), write(open({ name: 'Two' }), first)]);
    standIn.control.endSessions();
    const before = standIn.control.requests().length;
    await Promise.all([write(open({ name: 'One' }), second), write(open({ name: 'Two' }), second)]);
    const own = standIn.control.requests().slice(before);
    expect(own.filter(({ url }) => url.endsWith('/auth/signin'))).toHaveLength(1);
    expect(standIn.control.dataSources().map(({ revisions }) => revisions.length)).toEqual([2, 2]);
  });

  test('ended again and again: the token is used elsewhere', async () => {
    const before = await publishedBefore();
    fault('PUT', chunks, { do: 'revoke-token' }, { times: 1000 });
    await expect(write(open(), second)).rejects.toMatchObject({
      code: 'EXT5105',
      message: expect.stringMatching(/"demo-token" again and again: it is used elsewhere/) as string,
    });
    await expectUntouched(before);
  });

  test('a token that is revoked meanwhile is reported as such', async () => {
    await publishedBefore();
    standIn.control.revokeToken(demo.patName);
    await expect(write(open(), second)).rejects.toMatchObject({ code: 'EXT5104' });
    for (const token of standIn.control.world.tokens) token.revoked = false;
  });
});

describe('an interruption', () => {
  test('in mid-upload leaves what was there', async () => {
    const before = await publishedBefore();
    const stop = new AbortController();
    fault('PUT', chunks, { do: 'wait', for: 5, when: 'after-work' }, { times: 1000 });
    const port = open();
    const writing = port.write(
      { path: second, size: 1, modified: '0', rows: {} },
      deliveryOf({ progress: () => stop.abort('SIGINT'), signal: stop.signal }),
    );
    await expect(writing).rejects.toBe('SIGINT');
    await standIn.control.settled();
    await expectUntouched(before);
  });

  test('of a single request in mid-body leaves what was there', async () => {
    const before = await publishedBefore();
    const large = await samples.sales('large.hyper', 200_000);
    const stop = new AbortController();
    const port = open({ singleBelow: 64_000_000 });
    const writing = port.write(
      { path: large, size: 1, modified: '0', rows: {} },
      deliveryOf({ progress: () => stop.abort('SIGINT'), signal: stop.signal }),
    );
    await expect(writing).rejects.toBe('SIGINT');
    await standIn.control.settled();
    await expectUntouched(before);
  });

  test('while the server’s job runs ends the waiting; by its note it is found out what came of it', async () => {
    const before = await publishedBefore();
    const last = {
      ...(await open().observe({ last: undefined }, never)).found,
      size: 1,
    } as AppliedPublication;
    // The stand-in answers no question that it would have to say "done" to before that is so.
    standIn.control.configure({ jobPolls: 1000 });
    const stop = new AbortController();
    const jobs = standIn.control.jobs().length;
    let arrived: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    fault('POST', commit, { do: 'wait', for: waiting, when: 'before-commit' });
    const delivery = deliveryOf({ signal: stop.signal });
    const writing = open().write({ path: second, size: 1, modified: '0', rows: {} }, delivery);
    writing.catch(() => undefined);
    await expect.poll(() => standIn.control.jobs().length).toBeGreaterThan(jobs);
    stop.abort('SIGTERM');
    const [sent, withJob] = delivery.notes;
    expect(sent).toMatchObject({ size: 1, before: { id: before.id, revision: 1 } });
    const job = standIn.control.jobs().at(-1)?.id;
    await expect.poll(() => delivery.notes.at(-1)).toMatchObject({ ...withJob, job });
    const seen = () => open().observe({ last, sent: delivery.notes.at(-1) }, never);
    expect(await seen()).toMatchObject({ sent: 'under way', found: { revision: 1 } });
    arrived();
    await expect(writing).rejects.toBe('SIGTERM');
    await standIn.control.settled();
    standIn.control.configure({ jobPolls: 1 });
    expect(await seen()).toMatchObject({ sent: 'published', found: { id: before.id, revision: 2 } });
    await expectReplaced(before);
  });
});

test.each([1, 5, 60])('a job of %i s is noticed soon, without asking all the time', async (seconds) => {
  const { clock } = workshop.opened;
  standIn.control.configure({ jobSeconds: seconds, jobPolls: 1, now: () => new Date(clock.now()) });
  const slept = clock.slept.length;
  await write(open(), first);
  const pauses = clock.slept.slice(slept);
  const waited = pauses.reduce((sum, one) => sum + one, 0) / 1000;
  expect(pauses[0]).toBeLessThanOrEqual(100);
  expect(waited).toBeLessThan(seconds + Math.max(1, seconds / 10) + 0.1);
  expect(pauses.length).toBeLessThan(40);
  standIn.control.configure({ jobSeconds: 0, jobPolls: 2, now: () => new Date() });
});

test('a file that waits for its job leaves the place of its upload to others', async () => {
  const upload = semaphore(1);
  let free: boolean | undefined;
  await open().write(await built(first), {
    ...deliveryOf({ places: { upload, serverJob: semaphore(1) } }),
    async note(sent) {
      if (sent?.job === undefined) return;
      free = false;
      const leave = await upload();
      free = true;
      leave();
    },
  });
  expect(free).toBe(true);
});

describe('the right to publish is asked for right before the request that commits', () => {
  test.each([
    ['of a single request', { singleBelow: 64_000_000 }],
    ['of chunks', {}],
  ])('%s: a run that has lost it publishes nothing', async (_, how) => {
    const before = await publishedBefore();
    const lost = new Error('taken over');
    const delivery = deliveryOf({ confirm: () => Promise.reject(lost) });
    await expect(open(how).write(await built(second), delivery)).rejects.toBe(lost);
    await standIn.control.settled();
    await expectUntouched(before);
    expect(delivery.notes.at(-1)).toBeUndefined();
  });
});

describe('after the server has taken it', () => {
  test('a session that others end again and again is waited for', async () => {
    const before = await publishedBefore();
    fault('GET', /\/jobs\//, { do: 'revoke-token', when: 'before' }, { times: 6 });
    const { notes } = await write(open(), second);
    expect(notes).toHaveLength(2);
    await expectReplaced(before);
  });

  test('one that stays lost is no failure: it was delivered, and the next plan looks', async () => {
    const before = await publishedBefore();
    fault('GET', /\/jobs\//, { do: 'revoke-token', when: 'before' }, { times: 1e6 });
    const delivery = deliveryOf();
    const jobs = standIn.control.jobs().length;
    const written = await open().write(await built(second), delivery);
    expect(written).toMatchObject({
      delivered: undefined,
      remark: expect.stringMatching(
        /^the server could not be asked after its job .*: the next plan looks at it$/,
      ) as string,
    });
    await expectReplaced(before);
    expect(standIn.control.jobs()).toHaveLength(jobs + 1);
    standIn.control.faults.clear();
    workshop.reopen();
    const known = { last: undefined, sent: delivery.notes.at(-1) };
    await open().observe(known, never);
    expect(await open().observe(known, never)).toMatchObject({ sent: 'published', found: { revision: 2 } });
  });
});

describe('lists that lag behind', () => {
  const lagging = (seconds: number) => {
    for (const project of standIn.control.world.projects) project.createdAt = new Date(0);
    standIn.control.configure({
      indexLagSeconds: seconds,
      now: () => new Date(workshop.opened.clock.now()),
    });
  };

  test.each(['create', 'overwrite', 'append'] as const)(
    'a first publication by %s is waited for',
    async (mode) => {
      lagging(60);
      const { delivered } = await write(open({ delivery: { method: 'publish', mode } }), first);
      expect(delivered).toMatchObject({ id: shop().id });
      expect(shop().revisions).toHaveLength(1);
    },
  );

  test.each(['create', 'append'] as const)(
    '%s: the job is proof; the next plan finds it, once',
    async (mode) => {
      lagging(1000);
      const port = () => open({ delivery: { method: 'publish', mode } });
      const delivery = deliveryOf();
      const written = await port().write(await built(first), delivery);
      expect(written).toMatchObject({
        delivered: undefined,
        remark: 'the server says that it is published and does not list it yet: the next plan looks at it',
      });
      const known = { last: undefined, sent: delivery.notes.at(-1) };
      expect(await port().observe(known, never)).toMatchObject({ sent: 'under way' });
      standIn.control.configure({ indexLagSeconds: 0 });
      expect(await port().observe(known, never)).toMatchObject({
        sent: 'published',
        found: { id: shop().id },
      });
      expect(shop().revisions).toHaveLength(1);
    },
  );

  test('rows are added to what was published by its id, before the list has it', async () => {
    const append = { delivery: { method: 'publish', mode: 'append' } } as const;
    const { delivered } = await write(open(append), first);
    lagging(100_000);
    await write(open(append), second, { last: delivered });
    expect(standIn.control.dataSources()).toHaveLength(1);
    expect(shop().revisions).toHaveLength(2);
  });

  test('a project that another run has just made is waited for', async () => {
    standIn.control.addProject('Made');
    lagging(60);
    for (const project of standIn.control.world.projects)
      if (project.name === 'Made') project.createdAt = new Date(workshop.opened.clock.now());
    await write(open({ project: { kind: 'path', path: ['Made'] }, createProject: true }), first);
    expect(shop().projectId).toBe(standIn.control.project('Made').id);
  });
});
