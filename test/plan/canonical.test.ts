import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '../../src/plan/basis/canonical.ts';

/** The definition: records and plans hold hashes of these very bytes. */
const byDefinition = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

test('it writes the same bytes as ever', () => {
  const values = fc.anything({
    withDate: true,
    withNullPrototype: true,
    key: fc.oneof(fc.string(), fc.constantFrom('10', '9', '__proto__', 'é', 'toJSON')),
  });
  const sameBytes = fc.property(values, (value) => {
    expect(canonical([value])).toBe(byDefinition([value]));
  });
  fc.assert(sameBytes, { numRuns: 1000 });
});

test('keys are in the order of their codes, and what is undefined is left out', () => {
  expect(canonical({ b: [undefined, { d: 1, c: undefined }], a: new Date(0) })).toBe(
    '{"a":"1970-01-01T00:00:00.000Z","b":[null,{"d":1}]}',
  );
});
