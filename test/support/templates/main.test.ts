import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openTemplate } from '../../../src/templates/open-template.ts';
import { writeSuperstoreTemplate } from './main.ts';

it('the sample template is what its script writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'extracts-superstore-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'superstore.tdsx');
  await writeSuperstoreTemplate(file);
  const [written, kept] = await Promise.all([
    openTemplate(file),
    openTemplate(fileURLToPath(new URL('../../../pipelines/templates/superstore.tdsx', import.meta.url))),
  ]);
  expect(kept.document).toEqual(written.document);
  expect(kept.package?.zip.entries.map(({ name }) => name)).toEqual(
    written.package?.zip.entries.map(({ name }) => name),
  );
});
