import { readFile, stat } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSamples, type Samples } from '../../support/tableau/samples.ts';
import { startTableauStandIn, type TableauStandIn } from '../../support/tableau/stand-in.ts';
import { destinationOn, openHastily, write, type Opened } from './support.ts';

let standIn: TableauStandIn;
let samples: Samples;
let opened: Opened;
let sales: string;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  samples = await openSamples();
  sales = await samples.sales('sales.hyper', 1000);
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
});
beforeEach(() => {
  standIn.control.world.dataSources = [];
  opened = openHastily(standIn);
});
afterEach(async () => {
  await opened.destinations.close();
  await standIn.control.settled();
  expect(standIn.control.defects).toEqual([]);
  expect([...standIn.control.world.sessions.values()].every(({ ended }) => ended)).toBe(true);
});

const open = (changes?: Parameters<typeof destinationOn>[1]) =>
  opened.destinations.open(destinationOn(standIn.url, changes));
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
