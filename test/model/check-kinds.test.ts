import { expect, test } from 'vitest';
import { checkKinds } from '../../src/model/config/check.ts';
import check from '../../schemas/check.schema.json' with { type: 'json' };
import plan from '../../schemas/plan.schema.json' with { type: 'json' };
import project from '../../schemas/project.schema.json' with { type: 'json' };

/** Returns every enumeration of a schema that has a kind of check in it. */
function lists(node: unknown): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    key === 'enum' && Array.isArray(value) && value.includes('row_count') ? [value] : lists(value),
  );
}

test.each([
  ['plan.schema.json', plan],
  ['project.schema.json', project],
])('%s lists the kinds of checks that there are', (_, schema) => {
  const found = lists(schema);
  expect(found.length).toBeGreaterThan(0);
  for (const list of found) expect(list).toEqual(checkKinds);
});

test('check.schema.json has a key for each of them', () => {
  expect(JSON.stringify(check)).toContain('"row_count":');
  for (const kind of checkKinds) expect(JSON.stringify(check)).toContain(`"${kind}":`);
});
