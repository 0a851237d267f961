import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rejectedFile } from '../../src/model/world/rejected-file.ts';

it('is beside the extract, under a name that no pipeline can have', () => {
  expect(rejectedFile('build/shop.hyper')).toBe('build/shop~rejected.hyper');
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/pipeline.schema.json', import.meta.url), 'utf8'),
  ) as { properties: { name: { pattern: string } } };
  const names = new RegExp(schema.properties.name.pattern);
  expect('shop.rejected').toMatch(names);
  expect(rejectedFile('shop.hyper').replace('.hyper', '')).not.toMatch(names);
});
