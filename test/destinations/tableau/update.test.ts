import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RunError } from '../../../src/model/errors/run-error.ts';
import type { Act } from '../../../stand-ins/tableau/src/faults.ts';
import type { TableauEquals, TableauUpdateAction } from '../../../src/model/config/destination.ts';
import { extractEntry } from '../../../stand-ins/tableau/src/extracts/zip.ts';
import { built, deliveryOf, destinationOn, failed, write } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn, samples } = workshop;
const sales = 'create table made.public.sales (id int not null, region text)';
const base = await samples.hyper('base.hyper', [
  sales,
  `insert into made.public.sales values (1, 'a'), (2, 'b'), (3, 'c')`,
]);
const delta = await samples.hyper('delta.hyper', [
  sales,
  `insert into made.public.sales values (3, 'C'), (4, 'd')`,
]);
const keys = await samples.hyper('keys.hyper', [
  'create table made.public.sales (id int not null)',
  'insert into made.public.sales values (1), (3)',
]);

interface How {
  table?: string;
  most?: number;
  key?: readonly string[];
  where?: readonly TableauEquals[];
  batch?: string;
  shared?: true;
}

const open = (
  action?: TableauUpdateAction,
  { table = 'sales', most = 1e8, key = ['id'], shared, ...more }: How = {},
) =>
  workshop.opened.destinations.open(
    destinationOn(
      standIn.url,
      action && {
        ...(shared && { shared }),
        delivery: {
          method: 'update',
          action,
          tables: [{ schema: 'public', name: table, key }],
          most,
          ...more,
        },
      },
    ),
  );
const held = () => standIn.control.fileOf(standIn.control.dataSource('Shop')).path;
const rowsIn = async (file: string) => {
  const found = await samples.rows(file, 'select id, region from made.public.sales order by id, region');
  return found.map(({ id, region }) => `${String(id)}${String(region)}`).join(' ');
};
const rows = () => rowsIn(held());

describe('rows of what is published are changed in place', () => {
  test.each<[TableauUpdateAction, () => string, string]>([
    ['insert', () => delta, '1a 2b 3C 3c 4d'],
    ['upsert', () => delta, '1a 2b 3C 4d'],
    ['update', () => delta, '1a 2b 3C'],
    ['replace', () => delta, '3C 4d'],
    ['delete', () => keys, '2b'],
  ])('%s', async (action, file, expected) => {
    const { delivered } = await write(open(), base);
    const updated = await write(open(action), file());
    expect(await rows()).toBe(expected);
    expect(updated.delivered.id).toBe(delivered.id);
    expect(updated.delivered.updatedAt).not.toBe(delivered.updatedAt);
  });

  const inEurope: TableauEquals = { column: 'region', type: 'string', value: 'b' };

  test('rows are deleted by the values that they have, and no row is sent', async () => {
    await write(open(), base);
    const uploads = () => standIn.control.requests().filter(({ url }) => url.includes('/fileUploads')).length;
    const before = uploads();
    await write(open('delete', { key: [], where: [inEurope] }), delta);
    expect(await rows()).toBe('1a 3c');
    expect(uploads()).toBe(before);
  });

  test('with a primary key both must match', async () => {
    await write(open(), base);
    await write(open('delete', { where: [{ ...inEurope, value: 'c' }] }), keys);
    expect(await rows()).toBe('1a 2b');
  });

  test.each<[string, TableauUpdateAction, How]>([
    ['keys of rows to delete', 'delete', {}],
    ['rows that change others', 'update', {}],
    ['changes to what another pipeline publishes', 'upsert', { shared: true }],
    ['rows for what another pipeline publishes', 'insert', { shared: true }],
  ])('where nothing is published, %s are not published', async (_, action, how) => {
    await expect(write(open(action, how), keys)).rejects.toMatchObject({ code: 'EXT5121' });
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test('where nothing is published yet, the extract is', async () => {
    await write(open('upsert'), base);
    expect(await rows()).toBe('1a 2b 3c');
  });
});

describe('and never twice', () => {
  const patch = /\/data\?/;
  test.each<[string, Act]>([
    ['a cut after the request', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { do: 'answer', status: 504, html: true, when: 'after-work' }],
    ['a 503 instead of it', { do: 'answer', status: 503, html: true }],
    ['a session that has ended', { do: 'revoke-token' }],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
  ])('%s', async (_, act) => {
    await write(open(), base);
    const rule = standIn.control.faults.add({ method: 'PATCH', path: patch, act });
    await write(open('insert'), delta);
    expect(rule.struck).toBe(1);
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });

  test('also by another process that sends the same rows again', async () => {
    await write(open(), base);
    await write(open('insert'), delta);
    workshop.reopen();
    const { remark } = await write(open('insert'), delta);
    expect(remark).toBe('the server has this batch already: no row was added');
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });

  test('unless they are another batch', async () => {
    await write(open(), base);
    const batch = (name: string) => write(open('insert', { batch: name }), delta);
    expect(await batch('Monday')).toMatchObject({ remark: undefined });
    expect(await batch('Monday')).toMatchObject({ remark: expect.stringContaining('already') as string });
    expect(await batch('Tuesday')).toMatchObject({ remark: undefined });
    expect(await rows()).toBe('1a 2b 3C 3C 3c 4d 4d');
  });

  test('nor when the same rows were built anew, in another order', async () => {
    await write(open(), base);
    await write(open('insert'), delta);
    const again = await samples.hyper('again.hyper', [
      sales,
      `insert into made.public.sales values (4, 'd'), (3, 'C')`,
    ]);
    await write(open('insert'), again);
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });

  test('but the same rows take their place again after others', async () => {
    const { delivered: published } = await write(open(), base);
    const { delivered } = await write(open('replace'), delta, { last: published });
    const { delivered: other } = await write(open('replace'), base, { last: delivered });
    await write(open('replace'), delta, { last: other });
    expect(await rows()).toBe('3C 4d');
  });

  test('what has failed is done when it is run again, though its id is used up', async () => {
    await write(open(), base);
    const failure = { do: 'job', outcome: 'failed', work: 'skipped', notes: ['out of memory'] } as const;
    standIn.control.faults.add({ method: 'PATCH', path: patch, act: failure });
    await failed(write(open('insert'), delta));
    // The first id is used up; with the second it fails once more.
    standIn.control.faults.add({ method: 'PATCH', path: patch, act: failure, nth: 2 });
    await failed(write(open('insert'), delta));
    expect(await rows()).toBe('1a 2b 3c');
    await write(open('insert'), delta);
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });
});

describe('where another run publishes at the same moment', () => {
  /** Publishes right before the server answers what became of the first job. */
  const publishMeanwhile = async () => {
    await write(open(), base);
    let arrived: () => void = () => undefined;
    const published = new Promise<void>((resolve) => (arrived = resolve));
    standIn.control.faults.add({
      method: 'GET',
      path: /\/jobs\//,
      act: { do: 'wait', for: published, when: 'after-work' },
    });
    const jobs = standIn.control.jobs().length;
    return async (writing: Promise<unknown>) => {
      writing.catch(() => undefined);
      await expect.poll(() => standIn.control.jobs().length, { timeout: 20_000 }).toBe(jobs + 1);
      await write(open(), base);
      arrived();
    };
  };

  test('rows are changed again, in the present data source', async () => {
    const meanwhile = await publishMeanwhile();
    const writing = write(open('upsert', { shared: true }), delta);
    await meanwhile(writing);
    expect((await writing).delivered).toMatchObject({ revision: 2 });
    expect(await rows()).toBe('1a 2b 3C 4d');
  });

  test('rows that may have been added are not added again, and not taken for added', async () => {
    const meanwhile = await publishMeanwhile();
    const delivery = deliveryOf();
    const writing = open('insert', { shared: true, batch: 'Monday' }).write(await built(delta), delivery);
    await meanwhile(writing);
    await expect(writing).rejects.toMatchObject({ code: 'EXT5114' });
    expect(delivery.takings).toMatchObject([{ revision: 1, batch: 'Monday' }]);
  });
});

describe('of a pipeline with a template', () => {
  test('the package is published once; after that it is the rows that travel', async () => {
    const packed = async (name: string, file: string) => ({
      ...(await built(await samples.tdsx(name, file))),
      inside: await built(file),
    });
    await write(open('upsert'), await packed('base.tdsx', base));
    expect(standIn.control.fileOf(standIn.control.dataSource('Shop')).type).toBe('tdsx');
    const { told } = await write(open('upsert'), await packed('delta.tdsx', delta));
    expect(told).toBe((await built(delta)).size);
    const target = path.join(samples.directory, 'inside.hyper');
    await extractEntry(held(), 'Data/Extracts/sales.hyper', target);
    expect(await rowsIn(target)).toBe('1a 2b 3C 4d');
  });
});

describe('more rows than the server takes at once', async () => {
  const large = await samples.sales('large.hyper', 20_000);
  const before = await samples.sales('before.hyper', 10);
  const doomed = await samples.hyper('doomed.hyper', [
    'create table made.public.sales (id int not null)',
    'insert into made.public.sales select i from generate_series(1, 19999) as t(i)',
  ]);
  const patches = () => standIn.control.requests().filter(({ method }) => method === 'PATCH');
  const count = async () => {
    const sql = 'select count(*) as n, count(distinct id) as d from made.public.sales';
    const [{ n, d } = {}] = await samples.rows(held(), sql);
    return [Number(n), Number(d)];
  };
  /** `before.hyper` has the first ten of the rows. */
  const portioned = (action: TableauUpdateAction) => open(action, { most: 200_000 });
  beforeEach(async () => {
    standIn.control.configure({ dataPayloadBytes: 200_000 });
    await write(open(), before);
  });

  test.each<[TableauUpdateAction, string, [number, number]]>([
    ['insert', large, [20_010, 20_000]],
    ['upsert', large, [20_000, 20_000]],
    ['replace', large, [20_000, 20_000]],
  ])('%s', async (action, file, expected) => {
    const sent = patches().length;
    await write(portioned(action), file);
    expect(await count()).toEqual(expected);
    expect(patches().length - sent).toBeGreaterThan(2);
    expect(
      patches()
        .slice(sent)
        .every(({ status }) => status === 202),
    ).toBe(true);
  });

  test('delete', async () => {
    await write(portioned('replace'), large);
    await write(portioned('delete'), doomed);
    expect(await count()).toEqual([1, 1]);
  });

  test.each<[string, Act]>([
    ['a cut after the request', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { do: 'answer', status: 504, html: true, when: 'after-work' }],
    ['a session that has ended', { do: 'revoke-token' }],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
  ])('each once, also after %s', async (_, act) => {
    const rule = standIn.control.faults.add({ method: 'PATCH', path: /\/data\?/, nth: 2, act });
    await write(portioned('insert'), large);
    expect(rule.struck).toBe(1);
    expect(await count()).toEqual([20_010, 20_000]);
  });

  test.each<[TableauUpdateAction, number, RegExp]>([
    ['insert', 20_010, /it continues from there, nothing is applied twice within a day$/],
    ['upsert', 20_000, /it continues from there, nothing is applied twice within a day$/],
    ['replace', 20_000, /and until then it holds only those rows$/],
  ])(
    '%s that stops in between says what was done, and goes on when it is run again',
    async (action, all, hint) => {
      const act = { do: 'job', outcome: 'failed', work: 'skipped', notes: ['out of memory'] } as const;
      standIn.control.faults.add({ method: 'PATCH', path: /\/data\?/, nth: 3, act });
      const { delivered: last } = await write(open(), before);
      const error = (await failed(write(portioned(action), large, { last }))) as RunError;
      expect(error.code).toBe('EXT5119');
      expect(error.hint).toMatch(hint);
      const [, told] =
        /has applied ([\d ]+) rows of 20 000 rows to "Shop", in 2 portions; then: .* out of memory$/.exec(
          error.message,
        )!;
      const rowsDone = Number(told!.replaceAll(' ', ''));
      expect((await count())[0]! - (action === 'insert' ? 10 : 0)).toBeGreaterThanOrEqual(rowsDone);

      workshop.reopen();
      const jobs = standIn.control.jobs().length;
      const sent = patches().length;
      await write(portioned(action), large, { last });
      expect(await count()).toEqual([all, 20_000]);
      // The server knew two that were done and one that had failed, and did nothing for those.
      const known = patches().length - sent - (standIn.control.jobs().length - jobs);
      expect(known).toBe(3);
    },
  );

  test('an interruption between two portions is reported in the same way', async () => {
    const stop = new AbortController();
    const seen = standIn.control.jobs().length;
    const port = portioned('insert');
    const writing = port.write(
      await built(large),
      deliveryOf({
        progress: () => {
          if (standIn.control.jobs().length === seen + 1) stop.abort(new Error('Ctrl-C'));
        },
        signal: stop.signal,
      }),
    );
    expect(await failed(writing)).toMatchObject({
      code: 'EXT5119',
      message: expect.stringMatching(/in 1 portion; then: it was interrupted$/) as string,
    });
    workshop.reopen();
    await write(portioned('insert'), large);
    expect(await count()).toEqual([20_010, 20_000]);
  });
});

describe('a failure gives its reason, and changes nothing', () => {
  test('a table that is not there', async () => {
    await write(open(), base);
    await expect(write(open('insert', { table: 'nowhere' }), delta)).rejects.toMatchObject({
      code: 'EXT5112',
      message: expect.stringContaining(
        'Specified table does not exist: nowhere. (errorCode=410012)',
      ) as string,
    });
    expect(await rows()).toBe('1a 2b 3c');
  });
});
