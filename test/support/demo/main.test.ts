import { execa } from 'execa';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('the demo publishes its pipelines, and plans again without changes', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(path.join(root, 'pipelines'), path.join(folder, 'pipelines'), { recursive: true });
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { stdout, exitCode } = await execa('tsx', [main, folder], {
    preferLocal: true,
    localDir: root,
    reject: false,
  });
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toMatch(/# extracts plan pipelines\/ --detailed-exitcode\nNo changes\./);
  const published = stdout
    .match(/^data source .*/gm)
    ?.map((line) => line.replace(/, [\d.]+ MB/, ''))
    .sort();
  expect(published).toEqual([
    "data source created: 'Monthly Sales' in Sales, revision 1",
    "data source created: 'Superstore from its template' in Sales, revision 1",
    "data source created: 'Superstore' in Sales/Certified, revision 1",
  ]);
});
