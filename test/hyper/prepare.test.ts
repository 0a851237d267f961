import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { openHyper } from '../../src/hyper/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { table } from '../support/pipelines.ts';

const never = new AbortController().signal;
const orders = table('orders', { id: 'int' });
const extractIn = (folder: string) => ({
  schema: 'Extract',
  version: 3 as const,
  file: path.join(folder, 'shop.hyper'),
  shown: 'shop.hyper',
});

test('an engine that was prepared is started at once, and once', async () => {
  const folder = await temporaryFolder();
  const [starts, hyperd] = [path.join(folder, 'starts'), path.join(folder, 'hyperd')];
  await writeFile(hyperd, `#!/bin/sh\necho start >> '${starts}'\nexec '${await findHyperd({})}' "$@"\n`);
  await chmod(hyperd, 0o755);
  const unused = openHyper({ env: { HYPERD_PATH: hyperd } });
  unused.prepare();
  await unused.close();
  expect(await readFile(starts, 'utf8')).toBe('start\n');
  const used = openHyper({ env: { HYPERD_PATH: hyperd } });
  onTestFinished(() => used.close());
  used.prepare();
  used.prepare();
  const build = await used.build(extractIn(folder), [orders], never);
  await build.abandon();
  expect(await readFile(starts, 'utf8')).toBe('start\nstart\n');
});

test('the first user of an engine that does not start hears why', async () => {
  const folder = await temporaryFolder();
  const hyper = openHyper({ env: { HYPERD_PATH: folder } });
  hyper.prepare();
  await expect(hyper.build(extractIn(folder), [orders], never)).rejects.toMatchObject({ code: 'EXT3001' });
  await hyper.close();
});
