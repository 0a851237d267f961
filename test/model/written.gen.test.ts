import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFile, generateTypes } from '../support/generate-types.ts';

test('the types of written files are those that schemas/ give', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await generateTypes());
});
