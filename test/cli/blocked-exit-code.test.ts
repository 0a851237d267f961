import { expect, test } from 'vitest';
import { exitCodeOfBlocked } from '../../src/cli/output/plan-exit-code.ts';
import type { Diagnostic } from '../../src/model/errors/diagnostic.ts';
import type { Plan } from '../../src/model/plan/plan.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { lengthHash } from '../support/pipelines.ts';

const place = { file: 'pipelines/shop.yaml', pointer: '' };
const error = (code: string): Diagnostic => ({
  code,
  severity: 'error',
  message: `because of ${code}`,
  place,
});

/** A plan in which each of these keeps a pipeline from being observed. */
const blockedBy = (...codes: string[]): Plan =>
  buildPlan(
    codes.map((code, index) => ({
      pipeline: { address: `shops[${index}]`, place, tags: [] },
      failure: [error(code)],
    })),
    '0.1.0',
    { decisions: {}, policy: {}, hash: lengthHash },
  );

test.each<[string, readonly string[], number]>([
  ['tokens that stay in use, for all of them', ['EXT6007', 'EXT6007'], 75],
  ['an error that must be mended', ['EXT5104'], 1],
  ['both', ['EXT6007', 'EXT5104'], 1],
  ['a plan that is out of date, and a server that does not answer', ['EXT5101', 'EXT2206'], 4],
])('%s: %j', (_, codes, expected) => {
  expect(exitCodeOfBlocked(blockedBy(...codes))).toBe(expected);
});
