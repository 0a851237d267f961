import { expect, test } from 'vitest';
import { csvDialect } from '../../../src/sources/csv/index.ts';

test('the default is RFC 4180 in UTF-8', () => {
  expect(csvDialect()).toEqual({
    ...{ delimiter: ',', quote: '"', escape: '"', header: true, nulls: [''], encoding: 'utf-8' },
    ...{ skipLines: 0, comment: undefined },
  });
  expect(csvDialect({ quote: "'" }).escape).toBe("'");
  expect(csvDialect({ encoding: 'latin1' }).encoding).toBe('windows-1252');
});

test.each([
  [{ delimiter: '' }, 'CSV delimiter "" must be one ASCII character other than a line break'],
  [{ delimiter: '||' }, 'CSV delimiter "||" must be one ASCII character other than a line break'],
  [{ delimiter: '\n' }, 'CSV delimiter "\\n" must be one ASCII character other than a line break'],
  [{ quote: '§' }, 'CSV quote "§" must be one ASCII character other than a line break'],
  [{ escape: '\r' }, 'CSV escape "\\r" must be one ASCII character other than a line break'],
  [{ delimiter: '"' }, 'CSV delimiter and quote are both "\\""'],
  [{ delimiter: '\\', escape: '\\' }, 'CSV delimiter and escape are both "\\\\"'],
])('%j is refused', (said, message) => {
  expect(() => csvDialect(said)).toThrow(new RangeError(message));
});
