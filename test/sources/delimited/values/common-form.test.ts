import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommonForms } from '../../../../src/sources/csv/common-form.ts';
import { StructuralIndex } from '../../../../src/sources/csv/simd/structural-index.ts';
import { valueRule, type ValueRule } from '../../../../src/sources/delimited/values/index.ts';
import { column, csvFormat } from './support.ts';

function ruleOf(type: string): ValueRule {
  const rule = valueRule(column(type), csvFormat({ dateOrder: 'DMY' }));
  if (rule?.commonForm === undefined) throw new Error(`${type} has no common form`);
  return rule;
}

/** Returns true if a text has the common form of the rule, at that place in the bytes. */
function has(rule: ValueRule, text: string, before: number): boolean {
  const index = StructuralIndex.open();
  if (index === undefined) throw new Error('there is no index here');
  const bytes = Buffer.from(`${'7'.repeat(before)}${text},x`);
  index.index(bytes, { delimiter: 0x2c, quote: 0x22, other: 0x2c });
  const end = before + Buffer.byteLength(text);
  return new CommonForms([rule.commonForm]).has(0, bytes, before, end, index);
}

it.each([
  ['int', ['0', '-17', '123456789'], ['', '-', '1.0', '+1', '1234567890', ' 1', '1e3']],
  [
    'numeric(6,2)',
    ['0.5', '-1234.25', '12.', '0001'],
    ['.5', '-.5', '1.255', '12345', '1.2.3', '1,2', '1-2', '٣'],
  ],
  [
    'double precision',
    ['0.14285714285714285', '-1', '1234567890123456789'],
    ['1e5', 'nan', '12345678901234567890'],
  ],
  [
    'date',
    ['2024-12-30', '0001-01-01', '2024-04-30'],
    ['2024-12-31', '2023-02-29', '2024-13-01', '0000-01-01', '31-12-2024'],
  ],
])('recognizes %s at a glance', (type, common, others) => {
  const rule = ruleOf(type);
  for (const before of [0, 5, 25, 31, 60]) {
    for (const text of common) expect(has(rule, text, before), text).toBe(true);
    for (const text of others) expect(has(rule, text, before), text).toBe(false);
  }
});

const text = fc.oneof(
  fc.stringMatching(/^[+-]?[0-9]{0,21}[.,:]?[0-9]{0,12}$/),
  fc.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/),
  fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', ' ', '/', ':', 'é'), maxLength: 33 }),
);

it.each([
  'smallint',
  'int',
  'bigint',
  'numeric(6,2)',
  'numeric(3,3)',
  'numeric(38,0)',
  'double precision',
  'date',
])('%s takes no text at a glance that its rule does not take as it is', (type) => {
  const rule = ruleOf(type);
  fc.assert(
    fc.property(text, fc.nat(70), (value, before) => {
      if (!has(rule, value, before)) return;
      const bytes = Buffer.from(value);
      expect(rule.isExact(bytes, 0, bytes.length), value).toBe(true);
      expect(rule.read(value), value).toEqual({ text: value });
    }),
    { numRuns: 1000 },
  );
});
