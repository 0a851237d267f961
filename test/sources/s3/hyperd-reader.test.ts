import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { findHyperd } from '../../../src/hyper/binary.ts';
import { startHyperd } from '../../../src/hyper/process.ts';
import { openSession } from '../../../src/hyper/session.ts';
import { literal } from '../../../src/hyper/sql.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { startS3StandIn } from '../../../stand-ins/s3/src/index.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Rows of 16 bytes that all say the same: `1,aaaaaaaaaaaaa\n`. */
const rowsOf = (id: string) => {
  const row = Buffer.from(`${id},${'a'.repeat(13)}\n`);
  return {
    size: 3 * 2 ** 24,
    generate: (offset: number, length: number) =>
      Buffer.alloc(length + 16, row).subarray(offset % 16, (offset % 16) + length),
  };
};

/**
 * Why hyperd's own reader of S3 is not used (docs/decisions.md): it names no version in its requests, so of
 * an object that is replaced while it reads it takes the beginning of one and the end of another. When this
 * test fails, it is time to look again.
 */
it('hyperd by itself reads a mixture of an object that is replaced meanwhile, in silence', async () => {
  const standIn = await startS3StandIn({ buckets: { lake: {} } });
  onTestFinished(() => standIn.close());
  const wrapper = path.join(await temporaryFolder(), 'hyperd');
  const flags = '--external-allow-custom-endpoints=1 --blob-services-use-path-style-addressing=1';
  await writeFile(wrapper, `#!/bin/sh\nexec '${await findHyperd(process.env)}' "$@" ${flags}\n`);
  await chmod(wrapper, 0o700);
  const hyperd = await startHyperd(wrapper, { env: process.env });
  onTestFinished(() => hyperd.stop());
  const session = await openSession(hyperd);
  onTestFinished(() => session.end());

  await standIn.control.put('lake', 'a.csv', rowsOf('1'));
  standIn.control.faults.add({
    operation: 'GetObject',
    nth: 2,
    act: { kind: 'replace', afterBytes: 0, body: rowsOf('2'), then: 'finish' },
  });
  const { accessKeyId, secretAccessKey } = standIn.credentials;
  const location =
    `s3_location('s3://lake/a.csv', access_key_id => ${literal(accessKeyId)}, ` +
    `secret_access_key => ${literal(secretAccessKey)}, region => ${literal(standIn.region)}, endpoint => ${literal(standIn.endpoint)})`;
  await session.query('create temporary table t (id int, name text)');
  await session.query(`copy t from ${location} with (format csv)`);
  const read = await session.query('select id, count(*) as rows from t group by id order by id');
  expect(read.map(({ id }) => id)).toEqual(['1', '2']);
  expect(read.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(rowsOf('1').size / 16);

  const requests = standIn.control.requests.entries();
  expect(new Set(requests.map(({ operation }) => operation))).toEqual(new Set(['HeadObject', 'GetObject']));
  expect(requests.every(({ conditions }) => Object.keys(conditions).length === 0)).toBe(true);
});
