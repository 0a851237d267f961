import { readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Act } from '../../../stand-ins/tableau/src/faults.ts';
import type { AppliedPublication } from '../../../src/model/world/applied-record.ts';
import { built, deliveryOf, destinationOn, failed, never, write } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn, samples } = workshop;
const first = await samples.twbx('first.twbx', await samples.sales('first.hyper', 3));
const second = await samples.twbx('second.twbx', await samples.sales('second.hyper', 5));

type Changes = Parameters<typeof destinationOn>[1];
const open = (changes: Changes = {}) =>
  workshop.opened.destinations.open(destinationOn(standIn.url, { workbook: {}, ...changes }));
const shop = () => standIn.control.workbook('Shop', 'Sales');
const held = async () => readFile(standIn.control.fileOf(shop()).path);
const commits = () =>
  standIn.control.requests().filter(({ method, url }) => method === 'POST' && url.includes('/workbooks?'));
const commit = /\/workbooks\?/;
const fault = (act: Act) => standIn.control.faults.add({ method: 'POST', path: commit, act });
const html = (status: number): Act => ({ do: 'answer', status, html: true });
const chunked = { singleBelow: 0, chunkSize: 30_000 };

describe('a workbook arrives byte for byte', () => {
  test('in one request, as a job, without a check of its connections', async () => {
    const before = commits().length;
    const { size } = await stat(first);
    const { delivered, told } = await write(open(), first);
    expect(await held()).toEqual(await readFile(first));
    expect(told).toBe(size);
    expect(delivered).toMatchObject({ content: 'workbook', id: shop().id, size, revision: 1 });
    expect(standIn.control.dataSources()).toEqual([]);
    const [sent] = commits().slice(before);
    expect(new URL(sent!.url, standIn.url).search).toBe(
      '?workbookType=twbx&skipConnectionCheck=true&overwrite=true&asJob=true',
    );
    expect(standIn.control.jobs().at(-1)).toMatchObject({ type: 'PublishWorkbook', finishCode: 0 });
  });

  test('in chunks', async () => {
    await write(open(chunked), first);
    expect(await held()).toEqual(await readFile(first));
    expect(commits().at(-1)!.url).toMatch(/uploadSessionId=/);
  });

  test('as a new revision of the same workbook', async () => {
    await write(open(), first);
    const { id } = shop();
    const { delivered } = await write(open(), second);
    expect(delivered).toMatchObject({ id, revision: 2 });
    expect(await held()).toEqual(await readFile(second));
  });

  test('beside a data source of its name', async () => {
    await write(open(), first);
    const sales = await samples.sales('beside.hyper', 3);
    const plain = workshop.opened.destinations.open(destinationOn(standIn.url));
    const { delivered } = await write(plain, sales);
    expect(delivered).not.toHaveProperty('content');
    expect(standIn.control.dataSource('Shop').id).not.toBe(shop().id);
    expect(shop().revisions).toHaveLength(1);
  });

  test('and nothing else is sent as one', async () => {
    const sales = await samples.sales('bare.hyper', 3);
    expect(await failed(write(open(), sales))).toMatchObject({
      code: 'EXT5109',
      message: '"bare.hyper" is not a .twbx file, and a workbook is published from nothing else',
    });
    const plain = workshop.opened.destinations.open(destinationOn(standIn.url));
    expect(await failed(write(plain, first))).toMatchObject({
      message: '"first.twbx" is not a .hyper or .tdsx file, and a data source is published from nothing else',
    });
  });
});

describe('tabs', () => {
  test('are as written', async () => {
    await write(open({ workbook: { showTabs: true } }), first);
    expect(shop().showTabs).toBe(true);
    await write(open({ workbook: { showTabs: false } }), first);
    expect(shop().showTabs).toBe(false);
  });

  test('stay as people have them where nothing is written', async () => {
    await write(open(), first);
    expect(shop().showTabs).toBe(false);
    shop().showTabs = true;
    await write(open(), second);
    expect(shop().showTabs).toBe(true);
  });

  test('are set by themselves, with description and tags, without a new revision', async () => {
    const { delivered } = await write(open(), first);
    const details = { workbook: { showTabs: true }, description: 'By hand', tags: ['hourly', 'two words'] };
    const again = await open(details).describe!(delivered, never);
    expect(shop()).toMatchObject({ showTabs: true, description: 'By hand', tags: ['hourly', 'two words'] });
    expect(shop().revisions).toHaveLength(1);
    expect(again).toMatchObject({ content: 'workbook', revision: 1 });
  });

  test('that are not as written in the end are an error', async () => {
    standIn.control.faults.add({ method: 'PUT', path: /\/workbooks\//, act: { do: 'answer', status: 200 } });
    const { delivered } = await write(open(), first);
    const error = await failed(open({ workbook: { showTabs: true } }).describe!(delivered, never));
    expect(error).toMatchObject({ code: 'EXT5114' });
    expect(String(error)).toContain('not as written: tabs');
  });
});

describe('faults after which it is published once', () => {
  test.each<[string, Act]>([
    ['a cut after the commit', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { ...html(504), when: 'after-work' } as Act],
    ['a cut before it arrives', { do: 'reset', when: 'before' }],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
    ['a session that ends before the commit', { do: 'revoke-token' }],
  ])('%s', async (_, act) => {
    await write(open(chunked), first);
    const { id } = shop();
    const rule = fault(act);
    const { delivered } = await write(open(chunked), second);
    expect(rule.struck).toBeGreaterThan(0);
    expect(delivered).toMatchObject({ id, revision: 2 });
    expect(await held()).toEqual(await readFile(second));
    expect(shop().revisions).toHaveLength(2);
  });

  test('an answer that was not waited for is found by its note', async () => {
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    fault({ do: 'wait', for: arrived, when: 'before-commit' });
    const stop = new AbortController();
    const delivery = deliveryOf({ signal: stop.signal });
    const jobs = standIn.control.jobs().length;
    const writing = open().write(await built(first), delivery);
    writing.catch(() => undefined);
    await expect.poll(() => standIn.control.jobs().length, { timeout: 20_000 }).toBeGreaterThan(jobs);
    await expect.poll(() => delivery.notes.at(-1)?.job, { timeout: 20_000 }).toBeDefined();
    stop.abort('SIGKILL');
    arrive();
    await standIn.control.settled();
    const sent = delivery.notes.at(-1)!;
    expect(await open().observe({ last: undefined, sent }, never)).toMatchObject({
      sent: 'published',
      found: { id: shop().id },
    });
    const { delivered, remark } = await write(open(), first, { sent });
    expect(remark).toBe('an earlier run had sent it');
    expect(delivered).toMatchObject({ content: 'workbook', revision: 1 });
    expect(shop().revisions).toHaveLength(1);
  });

  test('a job that fails leaves what was there', async () => {
    await write(open(), first);
    fault({ do: 'job', outcome: 'failed', work: 'skipped', notes: ['odd'] });
    expect(await failed(write(open(), second))).toMatchObject({
      code: 'EXT5112',
      hint: 'the published workbook is as it was',
    });
    expect(await held()).toEqual(await readFile(first));
  });
});

describe('refusals speak of the workbook', () => {
  test.each<[string, number, string, string, RegExp]>([
    ['403004', 403, 'no', 'EXT5107', /does not let us change this workbook/],
    ['403007', 403, "The workbook 'Shop' already exists", 'EXT5108', /has a workbook "Shop" already/],
    ['403131', 403, 'no', 'EXT5109', /could not connect to what the workbook refers to/],
    ['400010', 400, 'suffix', 'EXT5109', /this kind of file/],
    ['404006', 404, 'gone', 'EXT5115', /no longer has such a workbook/],
    ['409015', 409, 'name', 'EXT5115', /has another workbook of that name/],
  ])('%s (%i, %s)', async (code, status, detail, ours, text) => {
    fault({ do: 'answer', status, code, detail });
    const error = await failed(write(open(), first));
    expect(error).toMatchObject({ code: ours });
    expect(String(error)).toMatch(text);
    expect(`${String(error)} ${(error as { hint: string }).hint}`).not.toMatch(/data source|\.hyper/);
    expect(standIn.control.world.workbooks).toEqual([]);
  });

  test('mode: create replaces nothing', async () => {
    await write(open(), first);
    const create = open({ delivery: { method: 'publish', mode: 'create' } });
    expect(await failed(write(create, second))).toMatchObject({
      code: 'EXT5108',
      message: expect.stringContaining('has a workbook "Shop" already') as string,
    });
    expect(shop().revisions).toHaveLength(1);
  });

  test('a package without its extract, by the server itself', async () => {
    const broken = await samples.twbx('broken.twbx', await samples.sales('inside.hyper', 3), {
      database: 'Data/nowhere.hyper',
    });
    const error = await failed(write(open(), broken));
    expect(error).toMatchObject({ code: 'EXT5112' });
    expect(String(error)).toContain("no file 'Data/nowhere.hyper'");
  });
});

describe('what can be seen before', () => {
  const look = (last?: AppliedPublication, changes?: Changes) => open(changes).observe({ last }, never);

  test('nothing yet, though there is a data source of its name', async () => {
    const sales = await samples.sales('namesake.hyper', 3);
    await write(workshop.opened.destinations.open(destinationOn(standIn.url)), sales);
    expect(await look()).toEqual({ type: 'tableau', looked: true, project: 'Sales', found: undefined });
  });

  test('the workbook, its revision and tabs', async () => {
    await write(open({ workbook: { showTabs: true } }), first);
    await write(open(), second);
    expect(await look()).toMatchObject({
      found: { id: shop().id, name: 'Shop', owner: 'demo', revision: 2, showTabs: true },
    });
  });

  test('that it was renamed, moved or deleted', async () => {
    const { delivered } = await write(open(), first);
    shop().name = 'Store';
    expect(await look(delivered)).toMatchObject({ strayed: { name: 'Store', project: 'Sales' } });
    standIn.control.world.workbooks = [];
    const seen = await look(delivered);
    expect(seen).toMatchObject({ found: undefined });
    expect(seen).not.toHaveProperty('strayed');
  });
});

describe('a removed one', () => {
  test('is deleted, and the data source of its name is not', async () => {
    const sales = await samples.sales('kept.hyper', 3);
    await write(workshop.opened.destinations.open(destinationOn(standIn.url)), sales);
    const { delivered } = await write(open(), first);
    expect(await open().existing(delivered, never)).toBe('ours');
    expect(await open().remove(delivered, never)).toBe('ours');
    expect(standIn.control.world.workbooks).toEqual([]);
    expect(standIn.control.dataSources('Shop')).toHaveLength(1);
    expect(await open().remove(delivered, never)).toBe('gone');
  });

  test('stays where another user has published it since', async () => {
    const { delivered } = await write(open(), first);
    await write(open(), second);
    expect(await open().remove(delivered, never)).toBe('changed');
    expect(shop().revisions).toHaveLength(2);
  });
});
