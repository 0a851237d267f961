import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { noChanges } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

const fixtures = path.join(import.meta.dirname, '..', 'sources', 'parquet', 'fixtures');

/** One table `t` of one of the fixtures. */
async function projectOf(fixture: string, columns: string): Promise<CliProject> {
  const project = await createProject({
    'extracts.yaml': 'version: 1\n',
    'pipelines/p.yaml': `version: 1
name: p
sources: {s: {type: file, path: data/a.parquet}}
tables: {t: {from: {source: s}, columns: {${columns}}}}
destinations: [{type: file, path: ../out.hyper}]
`,
  });
  await mkdir(project.path('pipelines/data'));
  await copyFile(path.join(fixtures, fixture), project.path('pipelines/data/a.parquet'));
  return project;
}

it('instants by at_zone, decimals by round, and a column without a type', async () => {
  const project = await projectOf(
    'zones.parquet',
    `id: bigint not null,
    berlin: {type: timestamp, from: instant, at_zone: Europe/Berlin},
    day: {type: date, from: instant, at_zone: Europe/Berlin},
    utc: {type: timestamp, from: instant, at_zone: UTC},
    clock: {type: timestamptz, at_zone: Europe/Berlin},
    amount: {type: "numeric(18,2)", round: half_up},
    nothing: date`,
  );
  await project.apply();
  const [table] = await readHyperFile(project.path('out.hyper'));
  expect(
    table?.rows.map((row) => Object.values(row)).sort(([one], [other]) => Number(one) - Number(other)),
  ).toEqual([
    [
      '1',
      '2024-01-01 12:00:00.000001',
      '2024-01-01',
      '2024-01-01 11:00:00.000001',
      '2024-01-01 10:00:00.000001+00',
      '1.01',
      null,
    ],
    [
      '2',
      '2024-07-02 02:00:00.000001',
      '2024-07-02',
      '2024-07-02 00:00:00.000001',
      '2024-07-01 22:00:00.000001+00',
      '-1.01',
      null,
    ],
    [
      '3',
      '2024-03-31 01:00:00.000001',
      '2024-03-31',
      '2024-03-31 00:00:00.000001',
      '2024-03-30 23:00:00.000001+00',
      '2.00',
      null,
    ],
    ['4', null, null, null, null, null, null],
  ]);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);
});

it.each([
  ['left_out', 'does not exist'],
  ['twice', 'exists twice'],
])('a time that %s in the zone is an error', async (column, reason) => {
  const project = await projectOf(
    'zones.parquet',
    `id: bigint, ${column}: {type: timestamptz, at_zone: Europe/Berlin}`,
  );
  const { exitCode, stdout, stderr } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain(
    `data/a.parquet: column "${column}": this time ${reason} in Europe/Berlin: 2024-`,
  );
});

it('the hints name the settings', async () => {
  const project = await projectOf(
    'zones.parquet',
    `instant: timestamp, clock: timestamptz, amount: "numeric(18,2)"`,
  );
  const { exitCode, stdout, stderr } = await project.run(['plan']);
  expect(exitCode).toBe(1);
  const shown = (stdout + stderr).replace(/\s+/g, ' ');
  expect(shown).toContain('set at_zone: UTC, or another zone, to load its wall clock there');
  expect(shown).toContain('set at_zone: UTC, or the zone that the clock is in');
  expect(shown).toContain('set round: half_up to round it');
});

it('what Hyper cannot decode is named: column, page and encoding', async () => {
  const project = await projectOf('broken/undecodable.parquet', 'id: bigint, c: text');
  const { exitCode, stdout, stderr } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  const shown = (stdout + stderr).replace(/\s+/g, ' ');
  expect(shown).toContain('data/a.parquet: Hyper cannot decode column "c": row group 0 column chunk');
  expect(shown).toContain("using encoding 'RLE_DICTIONARY'");
  expect(shown).toContain('write the file with another writer');
});
