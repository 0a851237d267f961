import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

test('the Markdown in docs/plan.md is what the command prints', () => {
  const [, shown] = /^````text\n([^]*?)^````$/m.exec(read('docs/plan.md')) ?? [];
  expect(shown).toBe(read('test/golden/e2e/outputs.md'));
});
