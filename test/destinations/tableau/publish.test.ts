import { readFile, stat } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { AppliedPublication } from '../../../src/model/world/applied-record.ts';
import { destinationOn, failed, write } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn, samples } = workshop;
const sales = await samples.sales('sales.hyper', 1000);

afterEach(async () => {
  await workshop.opened.destinations.close();
  expect([...standIn.control.world.sessions.values()].every(({ ended }) => ended)).toBe(true);
});

const open = (changes?: Parameters<typeof destinationOn>[1]) =>
  workshop.opened.destinations.open(destinationOn(standIn.url, changes));
const held = async (name = 'Shop') => readFile(standIn.control.fileOf(standIn.control.dataSource(name)).path);

describe('a file arrives byte for byte', () => {
  test('in one request', async () => {
    const { size } = await stat(sales);
    const { delivered, told } = await write(open(), sales);
    expect(await held()).toEqual(await readFile(sales));
    expect(told).toBe(size);
    const source = standIn.control.dataSource('Shop', 'Sales');
    expect(delivered).toMatchObject({ id: source.id, size, name: 'Shop', revision: 1, contentUrl: 'Shop' });
    expect(standIn.control.uploads()).toEqual([]);
  });

  test('in chunks', async () => {
    const { size } = await stat(sales);
    const { told } = await write(open({ singleBelow: 0, chunkSize: Math.ceil(size / 3) }), sales);
    expect(await held()).toEqual(await readFile(sales));
    expect(told).toBe(size);
    const appends = standIn.control
      .requests()
      .filter(({ method, url }) => method === 'PUT' && url.includes('/fileUploads/'));
    expect(appends).toHaveLength(3);
  });

  test('as a .tdsx', async () => {
    const tdsx = await samples.tdsx('sales.tdsx', sales);
    await write(open(), tdsx);
    expect(await held()).toEqual(await readFile(tdsx));
    expect(standIn.control.fileOf(standIn.control.dataSource('Shop')).type).toBe('tdsx');
  });
});

const shop = () => standIn.control.dataSource('Shop');

describe('where it goes', () => {
  test('the default project, without naming it', async () => {
    await write(open({ project: { kind: 'path', path: ['default'] } }), sales);
    expect(standIn.control.dataSource('Shop', 'default').name).toBe('Shop');
  });

  test('a project below another, though there is one of its name elsewhere', async () => {
    standIn.control.addProject('Tenants/Certified');
    await write(open({ project: { kind: 'path', path: ['Sales', 'Certified'] } }), sales);
    expect(standIn.control.dataSource('Shop', 'Sales/Certified').revisions).toHaveLength(1);
  });

  test('a project by its id', async () => {
    const { id } = standIn.control.project('Sales/Certified');
    await write(open({ project: { kind: 'id', id } }), sales);
    expect(standIn.control.dataSource('Shop').projectId).toBe(id);
  });

  test.each(['A & B, *: [x]', "Ümläut “quoted” <&> 'x'", 'trailing space '])(
    'a project and a data source named %j',
    async (name) => {
      const project = { kind: 'path', path: ['Sales', name] } as const;
      const changes = { project, createProject: true, name: `${name} too` };
      await write(open(changes), sales);
      await write(open(changes), sales);
      expect(standIn.control.dataSources().map((one) => [one.name, one.revisions.length])).toEqual([
        [`${name} too`, 2],
      ]);
      expect(standIn.control.world.projects.filter((one) => one.name === name)).toHaveLength(1);
    },
  );

  test('projects are made level by level, once, though two want them', async () => {
    const project = { kind: 'path', path: ['New', 'Deeper', 'with/slash'] } as const;
    const both = ['One', 'Two'].map((name) => write(open({ project, createProject: true, name }), sales));
    await Promise.all(both);
    const names = standIn.control.world.projects.map(({ name }) => name);
    expect(names.filter((name) => ['New', 'Deeper', 'with/slash'].includes(name))).toHaveLength(3);
  });

  test('a data source of that name in another project is another one', async () => {
    await write(open({ project: { kind: 'path', path: ['Tenants'] } }), sales);
    const other = standIn.control.dataSource('Shop', 'Tenants');
    await write(open(), sales);
    expect(standIn.control.dataSources('Shop')).toHaveLength(2);
    expect(other.revisions).toHaveLength(1);
  });

  test('a missing project is reported with the existing ones', async () => {
    const error = await failed(
      write(open({ project: { kind: 'path', path: ['Sales', 'certified'] } }), sales),
    );
    expect(error).toMatchObject({
      code: 'EXT5106',
      message: expect.stringMatching(
        /^there is no project "certified" in "Sales": there is "Certified"/,
      ) as string,
    });
    expect(await failed(write(open({ project: { kind: 'path', path: ['Sale'] } }), sales))).toMatchObject({
      message: expect.stringMatching(/no project "Sale" at the top: there is "Sales"/) as string,
    });
    expect(await failed(write(open({ project: { kind: 'id', id: 'nobody' } }), sales))).toMatchObject({
      code: 'EXT5106',
    });
  });

  test('two projects of one name side by side are distinguished by id only', async () => {
    standIn.control.world.projects.push({ ...standIn.control.project('Sales'), id: 'twin' });
    const error = await failed(write(open(), sales));
    expect(error).toMatchObject({ code: 'EXT5106', message: 'there are 2 projects "Sales" side by side' });
  });
});

describe('what describes it', () => {
  const described = {
    description: 'Orders & people\nof the <shop>',
    tags: ['hourly', 'two words', 'comma, too'],
    certification: { certified: true, note: 'checked daily' },
  };

  test('is set and read back', async () => {
    await write(open(described), sales);
    expect(shop()).toMatchObject({
      description: described.description,
      tags: described.tags,
      isCertified: true,
      certificationNote: 'checked daily',
    });
  });

  test('stays as people have it, also where overwriting resets it', async () => {
    await write(open(), sales);
    const { id } = shop();
    Object.assign(shop(), {
      description: 'By hand',
      tags: ['theirs', 'and two'],
      isCertified: true,
      certificationNote: 'trust me',
    });
    standIn.control.configure({ overwriteClears: ['tags', 'description', 'certification'] });
    await write(open({ tags: ['ours'] }), sales);
    expect(shop()).toMatchObject({
      id,
      description: 'By hand',
      isCertified: true,
      certificationNote: 'trust me',
    });
    expect(shop().tags.sort()).toEqual(['and two', 'ours', 'theirs']);
  });

  test('is replaced where nothing is to be kept', async () => {
    await write(open({ tags: ['old', 'both'] }), sales);
    await write(open({ tags: ['both', 'new'], keep: [] }), sales);
    expect(shop().tags.sort()).toEqual(['both', 'new']);
  });

  test('is set by itself, without a new revision', async () => {
    const { delivered } = await write(open(), sales);
    const again = await open(described).describe!(delivered, new AbortController().signal);
    expect(shop()).toMatchObject({ description: described.description, isCertified: true });
    expect(shop().revisions).toHaveLength(1);
    expect(again).toMatchObject({ revision: 1, id: shop().id });
  });

  test('is named when another user undoes it at once', async () => {
    standIn.control.faults.add({
      method: 'PUT',
      path: /datasources\/[^/]+\/tags/,
      act: { do: 'answer', status: 200 },
    });
    const error = await failed(write(open({ tags: ['lost'] }), sales));
    expect(error).toMatchObject({
      code: 'EXT5114',
      message: expect.stringContaining('its tags are not as written') as string,
    });
  });
});

describe('refusals become sentences', () => {
  const commit = /\/datasources\?/;
  test.each<[string, number, string, string, RegExp]>([
    [
      '403007',
      403,
      'You do not have permission to publish.',
      'EXT5107',
      /does not let us publish into the project/,
    ],
    [
      '403007',
      403,
      "The datasource 'Shop' already exists and may not be overwritten",
      'EXT5108',
      /has a data source "Shop" already/,
    ],
    ['403007', 403, 'The user is unlicensed: no license', 'EXT5107', /no licence to publish/],
    ['403007', 403, 'Connection check failed', 'EXT5109', /could not connect/],
    ['403008', 403, 'quota', 'EXT5110', /no room left/],
    [
      '400000',
      400,
      'it must contain exactly one fact table. (0x5CE10192)',
      'EXT5109',
      /its tables must form one tree/,
    ],
    ['400010', 400, 'suffix', 'EXT5109', /this kind of file/],
    ['400011', 400, 'There was a problem publishing the file', 'EXT5109', /could not publish the file/],
    ['404004', 404, 'gone', 'EXT5115', /no longer has such a data source/],
    ['404005', 404, 'gone', 'EXT5115', /no longer has such a project/],
    ['403141', 403, 'not authorized', 'EXT5107', /change this data source/],
    ['405000', 405, 'verb', 'EXT5116', /does not know that verb/],
    ['499999', 499, 'new', 'EXT5116', /refused the request/],
  ])('%s (%i, %s)', async (code, status, detail, ours, text) => {
    standIn.control.faults.add({ method: 'POST', path: commit, act: { do: 'answer', status, code, detail } });
    const error = await failed(write(open(), sales));
    expect(error).toMatchObject({ code: ours, place: { pointer: '/destinations/0' } });
    expect(String(error)).toMatch(text);
    expect(String(error)).toContain(`(${code}: ${detail})`);
    expect((error as { hint: string }).hint.length).toBeGreaterThan(10);
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test('mode: create replaces nothing', async () => {
    await write(open(), sales);
    const create = { delivery: { method: 'publish', mode: 'create' } } as const;
    expect(await failed(write(open(create), sales))).toMatchObject({ code: 'EXT5108' });
    expect(shop().revisions).toHaveLength(1);
  });

  test('tables that make no tree, by the server itself', async () => {
    const two = await samples.hyper('two.hyper', [
      'create table made.public.a (i int)',
      'create table made.public.b (i int)',
    ]);
    const error = await failed(write(open(), two));
    expect(error).toMatchObject({
      code: 'EXT5112',
      message: expect.stringContaining('exactly one fact table') as string,
    });
    expect(standIn.control.dataSources()).toEqual([]);
  });
});

describe('what can be seen before', () => {
  const look = (changes?: Parameters<typeof destinationOn>[1], last?: AppliedPublication) =>
    open(changes).observe({ last }, new AbortController().signal);

  test('nothing yet', async () => {
    expect(await look()).toEqual({ type: 'tableau', looked: true, project: 'Sales', found: undefined });
  });

  test('the data source, its owner, size and revision', async () => {
    await write(open(), sales);
    await write(open(), sales);
    expect(await look()).toMatchObject({
      found: {
        id: shop().id,
        name: 'Shop',
        owner: 'demo',
        megabytes: 1,
        revision: 2,
        projectId: shop().projectId,
      },
    });
  });

  test('that what we published was renamed, moved or deleted', async () => {
    const { delivered } = await write(open(), sales);
    shop().name = 'Store';
    expect(await look({}, delivered)).toMatchObject({
      found: undefined,
      strayed: { name: 'Store', project: 'Sales' },
    });
    const source = standIn.control.dataSource('Store');
    Object.assign(source, { name: 'Shop', projectId: standIn.control.project('Sales/Certified').id });
    expect(await look({}, delivered)).toMatchObject({
      found: undefined,
      strayed: { name: 'Shop', project: 'Sales/Certified' },
    });
    standIn.control.world.dataSources = [];
    const seen = await look({}, delivered);
    expect(seen).toMatchObject({ found: undefined });
    expect(seen).not.toHaveProperty('strayed');
  });

  test('that we may not publish there', async () => {
    const user = standIn.control.addUser('guest', { password: 'guest-password', siteRole: 'Creator' });
    standIn.control.project('Sales').publishers = [];
    const auth = { kind: 'password', user: user.name, password: 'guest-password' } as const;
    const seen = await look({ connection: { auth } });
    expect(seen.problem).toMatchObject({
      code: 'EXT5107',
      message: expect.stringContaining('publish into "Sales"') as string,
    });
  });

  test('a project that is missing, unless it may be made', async () => {
    const project = { kind: 'path', path: ['Nope'] } as const;
    expect((await look({ project })).problem).toMatchObject({ code: 'EXT5106' });
    expect(await look({ project, createProject: true })).toEqual({
      type: 'tableau',
      looked: true,
      project: undefined,
      found: undefined,
    });
  });

  /** Returns a function that counts the requests for projects from now on. */
  const countProjectRequests = () => {
    const isOne = ({ url }: { url: string }) => url.includes('/projects?');
    const count = () => standIn.control.requests().filter(isOne).length;
    const before = count();
    return () => count() - before;
  };

  test('a project once for all who look for it; one that is not there again', async () => {
    const project = { kind: 'path', path: ['Sales', 'New'] } as const;
    const wanted = { project, createProject: true };
    const asked = countProjectRequests();
    expect(await look(wanted)).toMatchObject({ project: undefined });
    await write(open(wanted), sales);
    const missed = asked();
    for (const name of ['Shop', 'One', 'Two'])
      expect(await look({ ...wanted, name })).toMatchObject({ project: 'Sales/New' });
    await Promise.all(['Three', 'Four'].map((name) => look({ ...wanted, name })));
    // Sales is known already.
    expect(asked() - missed).toBe(1);
  });

  test('a project once for all who publish into it, and again when the server no longer has it', async () => {
    const project = { kind: 'path', path: ['Sales', 'Certified'] } as const;
    const asked = countProjectRequests();
    expect(await look({ project })).toMatchObject({ project: 'Sales/Certified' });
    for (const name of ['Shop', 'One', 'Two']) await write(open({ project, name }), sales);
    await write(open({ name: 'Above' }), sales);
    expect(asked()).toBe(2);
    const gone = { do: 'answer', status: 404, code: '404005', detail: 'gone' } as const;
    standIn.control.faults.add({ method: 'POST', path: /\/datasources\?/, act: gone });
    expect(await failed(write(open({ project }), sales))).toMatchObject({ code: 'EXT5115' });
    await write(open({ project }), sales);
    expect(asked()).toBe(4);
  });

  test('a project again after some minutes, for a run that takes hours', async () => {
    await write(open(), sales);
    await workshop.opened.clock.sleep(5 * 60_000);
    const asked = countProjectRequests();
    await write(open(), sales);
    expect(asked()).toBe(1);
  });

  test('without changing anything', async () => {
    await write(open(), sales);
    const before = standIn.control.requests().length;
    await look();
    const verbs = standIn.control
      .requests()
      .slice(before)
      .filter(({ url }) => !url.includes('/auth/'))
      .map(({ method }) => method);
    expect(new Set(verbs)).toEqual(new Set(['GET']));
  });
});
