import { expect, test } from 'vitest';
import type { S3Source } from '../../../src/model/config/source.ts';
import { amountProblems, keyMatcher } from '../../../src/sources/s3/list.ts';
import { csv } from './lake.ts';

function lake(match: string): S3Source {
  const credentials = { kind: 'anonymous' } as const;
  return {
    ...{ type: 's3', place: { file: 'p.yaml', pointer: '/sources/s' }, bucket: 'landing', match: [match] },
    ...{ exclude: [], minFiles: 1, format: csv },
    access: { region: 'eu-central-1', pathStyle: true, requesterPays: false, credentials },
  };
}

const key = 'sales/2024/a.csv';

test.each([
  ['s3://landing/sales/**/*.csv', 'a pattern is a key without its bucket: write match: "sales/**/*.csv"'],
  ['sales', 'a pattern matches whole keys: for all keys that begin with sales/ write match: "sales/**"'],
  ['/sales/', 'a pattern matches whole keys: for all keys that begin with sales/ write match: "sales/**"'],
  ['/sales/**', 'keys have no leading slash: write match: "sales/**"'],
])('%s matches nothing, and the pattern in the hint does', (match, hint) => {
  expect(keyMatcher(lake(match))(key)).toBe(false);
  expect(amountProblems(lake(match), [])).toMatchObject([{ code: 'EXT2101', hint }]);
  const [, remedy = ''] = /match: "(.*)"$/.exec(hint) ?? [];
  expect(keyMatcher(lake(remedy))(key)).toBe(true);
});

test('a pattern of another case, and one of an empty prefix, has the general hint', () => {
  const hint =
    'letter case matters; min_files: 0 in the source allows an empty match, such as the folder of a new customer';
  for (const match of ['Sales/**', 'portal/acme/*.csv'])
    expect(amountProblems(lake(match), [])).toMatchObject([{ hint }]);
});

test('characters of a name that steer a terminal are escapes', () => {
  expect(amountProblems(lake('portal/a\u007f\u001b[2J/*.csv'), [])).toMatchObject([
    { message: 'no object of s3://landing matches "portal/a\\u007f\\u001b[2J/*.csv"' },
  ]);
});
