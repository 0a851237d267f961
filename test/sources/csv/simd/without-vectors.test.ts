import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { csvDialect, RecordCheck } from '../../../../src/sources/csv/index.ts';
import { RecordSplitter } from '../../../../src/sources/csv/simd/record-splitter.ts';
import { valueRule } from '../../../../src/sources/delimited/values/index.ts';
import { waysToSplit } from '../../../support/csv/vectors.ts';
import { column, csvFormat } from '../../delimited/values/support.ts';
import { inChunks } from '../tables.ts';
import { normalizeCsv } from '../../../support/csv/normalize.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const types = ['int', 'text', 'date'] as const;

interface File {
  text: string;
  delimiter: string;
}

const value = fc.constantFrom(
  ...[
    '1',
    '-20',
    '2147483648',
    '1.5',
    'x',
    '',
    '2024-02-29',
    '2023-02-29',
    'é',
    '"1"',
    '"a ""b"""',
    '"x\ny"',
  ],
  ...[',', ';', '"', '"a"b', 'a"b', '\r', '\n'],
);
const good = fc.tuple(fc.integer(), fc.stringMatching(/^[a-z ,;]{0,30}$/)).map(([n, text]) => {
  return (delimiter: string) => [n % 1e6, `"${text}"`, '2024-12-31'].join(delimiter);
});
const any = fc.array(value, { minLength: 2, maxLength: 4 }).map((values) => (d: string) => values.join(d));
const line = fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: any });
const files: fc.Arbitrary<File> = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom(',', ';'), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, delimiter, lineBreak]) => ({
    text: lines.map((one) => one(delimiter) + lineBreak).join(''),
    delimiter,
  }));

const optionsOf = ({ delimiter }: File) => {
  const rules = types.map((type) => valueRule(column(type), csvFormat({ delimiter })));
  return { dialect: csvDialect({ header: false, delimiter }), fields: types.length, rules };
};

/** Everything that an error tells. */
const toldBy = (error: unknown) => ({
  says: String(error),
  ...(Object.fromEntries(Object.entries(error as Error)) as Record<string, unknown>),
});

/** What a check says of a file: the records that it counted, or its error with everything that it tells. */
function checked(file: File): unknown {
  const { dialect, fields, rules } = optionsOf(file);
  const checks = rules.map((rule, field) => ({ field, rule, isRequired: false, emptyAsNull: field !== 1 }));
  const check = new RecordCheck({ dialect, fields, checks });
  try {
    check.push(Buffer.from(file.text));
    check.end();
    return check.records;
  } catch (error) {
    return { ...toldBy(error), records: check.records };
  }
}

/** What the normalizer makes of it, likewise. */
async function normalized(file: File): Promise<unknown> {
  const { dialect, fields, rules } = optionsOf(file);
  const normalize = normalizeCsv({
    ...{ dialect, fields, rules, lookBytes: 100 },
    select: [0, 1, 2],
    constants: [`it's "x"`],
    emptyAsNull: [true, false, true],
  });
  const out: Buffer[] = [];
  try {
    for await (const chunk of inChunks(Buffer.from(file.text), [300]).pipe(normalize))
      out.push(chunk as Buffer);
    return { text: Buffer.concat(out).toString(), records: normalize.records };
  } catch (error) {
    return { ...toldBy(error), records: normalize.records };
  }
}

it.each(waysToSplit.slice(1))('%s there is no splitter', (_, begin) => {
  begin();
  expect(RecordSplitter.open(csvDialect({ header: false }), 3)).toBeUndefined();
});

it.each(waysToSplit.slice(1))('%s every file is accepted or refused as with vectors', async (_, begin) => {
  await fc.assert(
    fc.asyncProperty(files, async (file) => {
      vi.unstubAllGlobals();
      const expected = [checked(file), await normalized(file)];
      begin();
      expect([checked(file), await normalized(file)]).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});
