import { mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { differences } from '../../bench/peers/compare.ts';
import { contestants } from '../../bench/peers/contestants.ts';
import { pythonEnvironment, versionsIn } from '../../bench/peers/environment.ts';
import { raceTable, valuesTable } from '../../bench/peers/markdown.ts';
import { isSameValue, kindOf } from '../../bench/peers/same-value.ts';
import { bytesBelow, usageOfTree } from '../../bench/peers/usage.ts';
import { temporaryFolder } from '../support/folder.ts';
import { withSession } from '../support/hyper-file.ts';

test.each([
  ['numeric(18,4)', '10.5000', '10.50'],
  ['numeric(18,4)', '10.0000', '10'],
  ['double precision', '0.1', '0.10000000000000001'],
  ['double precision', '-Infinity', '-inf'],
  ['timestamp with time zone', '2024-01-01 00:00:00.000001+00', '2024-01-01 00:00:00.000001+00:00'],
  ['date', '0044-03-15 BC', '0044-03-15 00:00:00 BC'],
  ['boolean', 't', 'true'],
])('%s: %s and %s are one value', (type, one, other) => {
  expect(isSameValue(kindOf(type), one, other)).toBe(true);
});

test.each([
  ['numeric(18,4)', '100', '10'],
  ['numeric(38,10)', '0.0000000001', '0.0000000000'],
  ['bigint', '9007199254740993', '9007199254740992'],
  ['double precision', '-0', '0'],
  ['timestamp without time zone', '2024-01-01 00:00:00.000001', '2024-01-01 00:00:00'],
  ['timestamp without time zone', 'infinity', '294276-12-31 23:59:59.999999'],
  ['text', '007', '7'],
  ['text', '1.0', '1'],
  ['text', '', '\\N'],
])('%s: %s and %s are two values', (type, one, other) => {
  expect(isSameValue(kindOf(type), one, other)).toBe(false);
});

test('rows, values and types that differ are found in a .hyper', async () => {
  const folder = await temporaryFolder();
  const hyper = path.join(folder, 'one.hyper');
  await withSession(async (session) => {
    await session.query(`create database "${hyper}" with version 3`);
    await session.query(`attach database "${hyper}" as made`);
    await session.query('create table made.public.t (id bigint, name text, amount text)');
    await session.query(`insert into made.public.t values (2, '7', '2.50'), (1, null, '1.00')`);
    await session.query('detach database made');
  });
  const file = path.join(folder, 'expected');
  const expected = {
    file,
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'name', type: 'text' },
      { name: 'amount', type: 'numeric(18,2)' },
    ],
  };
  await writeFile(file, '1\t\\N\t1.00\n2\t7\t2.50\n');
  expect(await differences(hyper, expected)).toEqual(['amount is text']);
  await writeFile(file, '1\t\t1.00\n2\t007\t2.50\n3\tnew\t3.00\n');
  expect(await differences(hyper, expected)).toEqual([
    '1 of 3 rows missing',
    'name changed in 2 of 3 rows',
    'amount is text',
  ]);
  await writeFile(file, '1\t\\N\t1.00\n');
  expect(await differences(hyper, expected)).toEqual(['more rows than in the table', 'amount is text']);
});

test('every package that a script uses has a version', () => {
  const text = readFileSync(new URL('../../bench/peers/requirements.txt', import.meta.url), 'utf8');
  const pinned = versionsIn(text);
  const used = contestants({ python: 'python', versions: pinned }).flatMap(({ packages }) => packages);
  expect(used.filter((one) => !pinned.has(one))).toEqual([]);
});

test('one line says why there is nothing to compare with', async () => {
  const folder = await temporaryFolder();
  expect(await pythonEnvironment(path.join(folder, 'venv'), path.join(folder, 'no-python'))).toMatch(
    /^there is no Python 3\.10 or later \(.*no-python\)$/,
  );
  const program = path.join(folder, 'python');
  const broken = `#!/bin/sh
[ "$1" = -c ] && echo True && exit
[ "$2" = venv ] && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && exit
echo 'WARNING: retrying' >&2
echo 'ERROR: no connection' >&2
exit 1
`;
  await writeFile(program, broken, { mode: 0o755 });
  expect(await pythonEnvironment(path.join(folder, 'venv'), program)).toBe(
    'pip cannot install the packages: ERROR: no connection',
  );
});

test('memory and files are those of all processes and folders', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'tmp'));
  await writeFile(path.join(folder, 'tmp', 'a'), 'abc');
  await writeFile(path.join(folder, 'b'), 'de');
  const out = path.join(folder, 'out.hyper');
  await writeFile(out, 'not counted');
  expect(bytesBelow(folder, out)).toBe(5);
  const seen = usageOfTree(process.pid);
  expect(seen.anonymous).toBeGreaterThan(0);
  expect(seen.resident).toBeGreaterThan(seen.anonymous);
});

test('results are Markdown with ratios to the first', () => {
  const taken = (seconds: number) => ({
    seconds,
    cpu: { program: 1, hyperd: 2, postgres: 0.5 },
    resident: 300e6,
    anonymous: 100e6,
    files: 5e6,
    snapshotHeld: 1.5,
  });
  const table = raceTable([
    { name: 'extracts', versions: '', taken: [taken(2), taken(4), taken(3)], differences: [] },
    { name: 'one', versions: 'a 1', taken: [taken(6)], differences: ['amount is text'] },
    { name: 'two', versions: 'b 2', taken: [], differences: undefined, failure: 'a | b' },
  ]);
  expect(table.split('\n').slice(2)).toEqual([
    '| extracts | 3.00 s (2.00-4.00) | **1.00 x** | 3.50 s: 1.00 + 2.00 + 0.50 | 300 MB (100 MB) | 5 MB | 1.50 s | exact |',
    '| one (a 1) | 6.00 s (6.00-6.00) | **2.00 x** | 3.50 s: 1.00 + 2.00 + 0.50 | 300 MB (100 MB) | 5 MB | 1.50 s | amount is text |',
    '| two (b 2) | failed: a \\| b |  |  |  |  |  |  |',
  ]);
  expect(valuesTable(['date'], [['one', 'exact']])).toBe('| values | date |\n|---|---|\n| one | exact |');
});
