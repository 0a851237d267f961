import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codes } from '../../src/config/codes.ts';

const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('every code is documented, once', () => {
  const documented = [...errors.matchAll(/^\| (EXT1\d{3}) \|/gm)].map(([, code]) => code);
  expect(documented).toEqual(Object.values(codes));
});
