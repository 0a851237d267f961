import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { RawClient } from './raw-client.ts';
import { append, form, only, publishPayload, signedIn, upload } from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openSamples } from './samples.ts';
import { demo } from '../src/seed.ts';
import { defaultSettings } from '../src/settings.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

const mebibyte = 1024 * 1024;

let standIn: TableauStandIn;
let samples: Samples;
let client: RawClient;
let bytes: Buffer;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  samples = await openSamples();
  bytes = await readFile(await samples.sales('sales.hyper', 60_000));
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
  expect(standIn.control.defects).toEqual([]);
});
beforeEach(async () => {
  standIn.control.configure(defaultSettings);
  client = await signedIn(standIn.url);
});

const commit = (id: string, query = '', by = client, name = 'uploaded') =>
  by.send(
    'POST',
    `/sites/:site/datasources?uploadSessionId=${id}&overwrite=true&${query}`,
    form(publishPayload(name)),
  );
const commitHyper = (id: string, by = client) => commit(id, 'datasourceType=hyper', by);
const stored = async () => readFile(standIn.control.fileOf(standIn.control.dataSource('uploaded')).path);

function chunksOf(size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

describe('an upload', () => {
  test('has an id of the recorded form and counts whole megabytes', async () => {
    const begun = await client.send('POST', '/sites/:site/fileUploads');
    expect(begun.status).toBe(201);
    const { uploadSessionId: id = '', fileSize } = only(begun, 'fileUpload').attributes;
    expect(id).toMatch(/^7720:[0-9a-f]{32}-1:0$/);
    expect(fileSize).toBe('0');
    const answer = await append(client, id, Buffer.alloc(mebibyte + 1));
    expect([answer.status, only(answer, 'fileUpload').attributes]).toEqual([
      201,
      { uploadSessionId: id, fileSize: '1' },
    ]);
    expect(only(await append(client, id, Buffer.alloc(mebibyte)), 'fileUpload').attributes.fileSize).toBe(
      '2',
    );
  });

  test('puts its chunks together in the order they arrive, and is used up by a commit', async () => {
    const id = await upload(client, chunksOf(500_000));
    expect((await commitHyper(id)).status).toBe(201);
    expect((await stored()).equals(bytes)).toBe(true);
    expect(await commitHyper(id)).toMatchObject({ status: 404, code: '404015' });
    expect(standIn.control.uploads().some((one) => one.id === id)).toBe(false);
  });

  test('takes its id percent-encoded as well', async () => {
    const id = await upload(client, []);
    expect((await append(client, encodeURIComponent(id), bytes)).status).toBe(201);
    expect((await commitHyper(encodeURIComponent(id))).status).toBe(201);
  });

  test('keeps any bytes, even some that look like its boundary', async () => {
    const tricky = Buffer.from('\r\n--6691a87289ac461bab2c945741f136e6x\r\n--\r\n\0\xff', 'latin1');
    const id = await upload(client, [tricky, Buffer.alloc(0), tricky]);
    const blocks = standIn.control.uploads().find((one) => one.id === id)!.blocks;
    expect(blocks.map(({ size }) => size)).toEqual([tricky.length, 0, tricky.length]);
    expect((await readFile(blocks[0]!.path)).equals(tricky)).toBe(true);
  });

  test('outlives the session that began it, on the same site', async () => {
    const id = await upload(client, [bytes]);
    const other = await signedIn(standIn.url);
    expect((await commitHyper(id, other)).status).toBe(201);
  });

  test('belongs to its session where the server is set so', async () => {
    standIn.control.configure({ uploadBoundTo: 'session' });
    const id = await upload(client, [bytes]);
    const other = await signedIn(standIn.url);
    expect(await append(other, id, bytes)).toMatchObject({ code: '404015' });
    expect(await commitHyper(id, other)).toMatchObject({ code: '404015' });
  });

  test('is unknown on another site', async () => {
    const id = await upload(client, [bytes]);
    const credentials = { name: demo.userName, password: demo.password };
    const elsewhere = await signedIn(standIn.url, { site: '', credentials });
    expect(await append(elsewhere, id, bytes)).toMatchObject({ status: 404, code: '404015' });
  });

  test('expires', async () => {
    const id = await upload(client, [bytes]);
    const later = new Date(Date.now() + 3 * 60 * 60_000);
    standIn.control.configure({ uploadIdleMinutes: 60, now: () => later });
    expect(await append(client, id, bytes)).toMatchObject({ code: '404015' });
  });

  test('is refused when it begins with a body', async () => {
    expect(await client.send('POST', '/sites/:site/fileUploads', { body: 'x' })).toMatchObject({
      code: '400000',
    });
  });

  test('cannot be published while it is empty', async () => {
    expect(await commitHyper(await upload(client, []))).toMatchObject({ status: 400, code: '400011' });
  });
});

describe('an append', () => {
  test('is refused above the chunk limit, which it tells', async () => {
    standIn.control.configure({ chunkBytes: 2 * mebibyte });
    const id = await upload(client, [Buffer.alloc(2 * mebibyte)]);
    expect(await append(client, id, Buffer.alloc(2 * mebibyte + 1))).toMatchObject({
      status: 400,
      code: '400016',
      detail: 'The attached file exceeds the maximum size of 2 MB for a single append.',
    });
    expect(standIn.control.uploads().find((one) => one.id === id)!.blocks).toHaveLength(1);
  });

  test('is refused with a payload, without a file, and for an unknown upload', async () => {
    const id = await upload(client, []);
    const put = (request: ReturnType<typeof form>, to = id) =>
      client.send('PUT', `/sites/:site/fileUploads/${to}`, request);
    const file = { part: 'tableau_file', fileName: 'file', bytes };
    expect(await put(form('<tsRequest/>', file))).toMatchObject({ status: 400, code: '400019' });
    expect(await put(form(''))).toMatchObject({ status: 400, code: '400020' });
    expect(await put(form('', { ...file, part: 'tableau_datasource' }))).toMatchObject({ code: '400010' });
    expect(await put(form('', file), '7720:0-1:0')).toMatchObject({ status: 404, code: '404015' });
  });

  test('is not for those who may not publish', async () => {
    standIn.control.addUser('viewer', { password: 'v', siteRole: 'Viewer' });
    const viewer = await signedIn(standIn.url, { credentials: { name: 'viewer', password: 'v' } });
    expect(await viewer.send('POST', '/sites/:site/fileUploads')).toMatchObject({
      status: 403,
      code: '403015',
    });
    const id = await upload(client, []);
    expect(await append(viewer, id, bytes)).toMatchObject({ status: 403, code: '403007' });
  });
});

describe('numbered blocks', () => {
  const numbered = async (order: readonly number[], first = 0) => {
    const chunks = chunksOf(Math.ceil(bytes.length / 3));
    const id = await upload(client, []);
    for (const index of order) {
      const answer = await append(client, id, chunks[index]!, `sequenceID=${index + first}`);
      expect(answer.status).toBe(201);
    }
    return id;
  };
  beforeEach(() => standIn.control.configure({ sequenceIdSince: '3.27' }));

  test.each([0, 1])('may arrive in any order, counted from %i, and twice', async (first) => {
    expect((await commitHyper(await numbered([2, 0, 1, 0], first))).status).toBe(201);
    expect((await stored()).equals(bytes)).toBe(true);
  });

  test('must be complete', async () => {
    expect(await commitHyper(await numbered([0, 2]))).toMatchObject({ code: '400011' });
    expect(await commitHyper(await numbered([1, 2], 1))).toMatchObject({ code: '400011' });
  });

  test('are either all numbered or none', async () => {
    const id = await numbered([0]);
    await append(client, id, bytes);
    expect(await commitHyper(id)).toMatchObject({ code: '400000' });
  });

  test('are limited in number', async () => {
    standIn.control.configure({ blocksPerUpload: 2 });
    const id = await numbered([0, 1]);
    expect(await append(client, id, bytes, 'sequenceID=2')).toMatchObject({ status: 403, code: '403016' });
    expect((await append(client, id, bytes, 'sequenceID=1')).status).toBe(201);
  });

  test('are taken as they come by a server that does not know the numbers', async () => {
    standIn.control.configure({ sequenceIdSince: '3.28' });
    const id = await numbered([1, 0, 2]);
    expect(await commitHyper(id)).toMatchObject({ status: 400, code: '400011' });
  });
});

describe('a commit', () => {
  test('needs the type of the file and nothing attached', async () => {
    const id = await upload(client, [bytes]);
    expect(await commit(id)).toMatchObject({ status: 400, code: '400010' });
    expect(await commit(id, 'datasourceType=csv')).toMatchObject({ status: 400, code: '400010' });
    const attached = form(publishPayload('x'), { part: 'tableau_datasource', fileName: 'x.hyper', bytes });
    const path = `/sites/:site/datasources?uploadSessionId=${id}&datasourceType=hyper`;
    expect(await client.send('POST', path, attached)).toMatchObject({
      status: 400,
      code: '400010',
      detail: 'Unexpected attachments: the file was uploaded to the upload session.',
    });
    expect((await commitHyper(id)).status).toBe(201);
  });
});
