import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RawClient } from './raw-client.ts';
import { publishPayload, signedIn } from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openSamples } from './samples.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
let samples: Samples;
let client: RawClient;
let bytes: Buffer;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  samples = await openSamples();
  bytes = await readFile(await samples.sales('sales.hyper', 10));
  client = await signedIn(standIn.url);
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
  expect(standIn.control.defects).toEqual([]);
});

const payloadHeaders = 'Content-Disposition: name="request_payload"\r\nContent-Type: text/xml';
const fileHeaders =
  'Content-Disposition: name="tableau_datasource"; filename="sales.hyper"\r\nContent-Type: application/octet-stream';
const payloadPart = `--b\r\n${payloadHeaders}\r\n\r\n${publishPayload('sales')}\r\n`;

function message(...pieces: (string | Buffer)[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
}

const whole = () => message(payloadPart, `--b\r\n${fileHeaders}\r\n\r\n`, bytes, '\r\n--b--\r\n');

const send = (body: Buffer, contentType = 'multipart/mixed; boundary=b') =>
  client.send('POST', '/sites/:site/datasources?overwrite=true', {
    body,
    headers: { 'Content-Type': contentType },
  });

test('takes the message as the documentation shows it, with and without a last line end', async () => {
  expect((await send(whole())).status).toBe(201);
  expect((await send(whole().subarray(0, -2))).status).toBe(201);
});

test.each([
  ['name only', 'name="request_payload"', 'name="tableau_datasource"; filename="sales.hyper"'],
  [
    'form-data',
    'form-data; name="request_payload"',
    'form-data; name="tableau_datasource"; filename="sales.hyper"',
  ],
  [
    'an empty file name for the payload',
    'form-data; name="request_payload"; filename=""',
    'form-data; name="tableau_datasource"; filename="sales.hyper"',
  ],
  [
    'no quotes',
    'form-data; name=request_payload',
    'form-data; name=tableau_datasource; filename=sales.hyper',
  ],
])('takes the Content-Disposition of every official client: %s', async (_, payload, file) => {
  const body = message(
    `--b\r\nContent-Disposition: ${payload}\r\nContent-Type: text/xml\r\n\r\n${publishPayload('sales')}\r\n`,
    `--b\r\nContent-Disposition: ${file}\r\n\r\n`,
    bytes,
    '\r\n--b--\r\n',
  );
  expect((await send(body)).status).toBe(201);
});

test('takes a file that holds lines like its boundary', async () => {
  const tail = Buffer.from('\r\n--bb\r\n--b-x');
  const body = message(payloadPart, `--b\r\n${fileHeaders}\r\n\r\n`, bytes, tail, '\r\n--b--\r\n');
  expect((await send(body)).status).toBe(201);
  const file = standIn.control.fileOf(standIn.control.dataSource('sales'));
  expect((await readFile(file.path)).equals(message(bytes, tail))).toBe(true);
});

describe('refuses', () => {
  test.each([
    ['form-data', 'multipart/form-data; boundary=b'],
    ['no boundary', 'multipart/mixed'],
    ['a quoted boundary', 'multipart/mixed; boundary="b"'],
    ['another boundary', 'multipart/mixed; boundary=c'],
    ['no multipart', 'application/xml'],
  ])('a Content-Type with %s', async (_, contentType) => {
    expect(await send(whole(), contentType)).toMatchObject({ status: 400, code: '400000' });
  });

  test.each<[string, string, () => Buffer]>([
    [
      'line feeds without carriage returns',
      '400000',
      () => message(payloadPart.replaceAll('\r', ''), '--b--\n'),
    ],
    [
      'a line feed inside part headers',
      '400000',
      () => message(payloadPart.replace('"\r\n', '"\n'), '--b--\r\n'),
    ],
    ['a preamble', '400000', () => message('hello\r\n', whole())],
    ['an epilogue', '400000', () => message(whole(), 'bye')],
    ['a missing end', '400000', () => whole().subarray(0, -6)],
    ['a part without a name', '400000', () => message('--b\r\nContent-Type: text/xml\r\n\r\n\r\n--b--')],
    ['the file first', '400000', () => message(`--b\r\n${fileHeaders}\r\n\r\nx\r\n`, payloadPart, '--b--')],
    ['no file', '400000', () => message(payloadPart, '--b--\r\n')],
    [
      'a JSON payload',
      '400000',
      () => message(payloadPart.replace('text/xml', 'application/json'), '--b--\r\n'),
    ],
    ['a payload that is no XML', '400019', () => message(payloadPart.replace('<ts', '<<'), '--b--\r\n')],
    [
      'a payload with another root',
      '400019',
      () => message(payloadPart.replaceAll('tsReq', 'req'), '--b--\r\n'),
    ],
    [
      'an unknown part',
      '400010',
      () => message(payloadPart, '--b\r\nContent-Disposition: name="more"\r\n\r\nx\r\n--b--\r\n'),
    ],
    [
      'a second file',
      '400010',
      () => message(payloadPart, `--b\r\n${fileHeaders}\r\n\r\nx\r\n`.repeat(2), '--b--\r\n'),
    ],
  ])('%s', async (_, code, body) => {
    expect(await send(body())).toMatchObject({ status: 400, code });
  });

  test('a body of unknown length', async () => {
    const sent = request(`${standIn.url}/api/3.27/sites/${client.site}/datasources`, {
      method: 'POST',
      headers: { 'X-Tableau-Auth': client.token, 'Content-Type': 'multipart/mixed; boundary=b' },
    });
    sent.write(whole());
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const answered = await text(response);
    expect(answered).toContain('<error code="400000">');
    expect(answered).toContain('no Content-Length');
  });
});

test('leaves no file behind when it refuses', async () => {
  const { length } = standIn.control.dataSources();
  await send(
    message(payloadPart.replace('<ts', '<<'), `--b\r\n${fileHeaders}\r\n\r\n`, bytes, '\r\n--b--\r\n'),
  );
  expect(standIn.control.dataSources()).toHaveLength(length);
});
