import { expect, test } from 'vitest';
import { checkedSchema } from '../../src/config/schema/checked-schema.ts';

test('a schema for validators has the names that a file may use, and no notes', () => {
  const { properties, definitions } = checkedSchema('pipeline') as Record<string, Record<string, object>>;
  expect(properties?.description).toEqual({ type: 'string' });
  expect(JSON.stringify(definitions)).not.toMatch(
    /"(?:description|default)":(?:"|true|false|\d)|"(?:examples|x-extracts)":/,
  );
});
