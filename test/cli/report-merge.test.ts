import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ReportMerge } from '../../src/cli/commands/report/merge-reports.ts';
import { bundledSchema } from '../../src/config/schema-files.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';

const base = { tables: [], checks: [], destinations: [], steps: [] };
const applied = (address: string) => ({
  ...base,
  address,
  outcome: 'applied',
  tables: [{ name: 'sales', rows: 1200, bytes: 20_000, seconds: 0.25 }],
  destinations: [{ target: `out/${address}.hyper`, size: 9000 }],
  seconds: 0.5,
  steps: [{ id: 'load sales', seconds: 0.25 }],
});
const failed = (address: string, kind: object, code = 'EXT2001') => ({
  ...base,
  address,
  outcome: 'failed',
  seconds: 1,
  failure: { step: 'load sales', code, message: 'nothing answers at db:5432', hint: 'check host', ...kind },
});
const transient = { class: 'transient', retryable: true };
const permanent = { class: 'permanent', retryable: false };

const seal = 'a'.repeat(64);
const shard = (index: number, minute: number, rest: object) => ({
  format: 1,
  tool: '0.2.0',
  ended: `2026-11-30T10:${String(minute).padStart(2, '0')}:00.000Z`,
  plan: seal,
  shard: { index, count: 2 },
  exitCode: 0,
  pipelines: [],
  blocked: [],
  diagnostics: [],
  ...rest,
});

async function merge(reports: Readonly<Record<string, unknown>>, ...flags: string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'extracts-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, report] of Object.entries(reports)) {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    await writeFile(path.join(folder, name), text);
  }
  return { folder, ...(await runInside({ folder }, ['report', 'merge', ...Object.keys(reports), ...flags])) };
}

const twoShards = {
  'r1.json': shard(1, 1, { pipelines: [applied('shop[a]'), applied('shop[b]')], exitCode: 0 }),
  'r2.json': shard(2, 2, {
    pipelines: [applied('shop[c]'), failed('shop[d]', transient)],
    exitCode: 75,
    failure: transient,
  }),
};

test('two shards are one report: as text, as Markdown, and for a CI server', async () => {
  const flags = ['--markdown', 'summary.md', '--junit', 'results.xml'];
  const { stdout, stderr, exitCode, folder } = await merge(twoShards, ...flags);
  expect(exitCode).toBe(75);
  const files = await Promise.all(
    ['summary.md', 'results.xml'].map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  expectGolden('cli/report-merge.txt', [stdout, stderr, ...files].join('----\n'));
});

test('the merged document has the shape of a report, and can be merged again', async () => {
  const { stdout } = await merge(twoShards, '--json');
  const document = JSON.parse(stdout) as { pipelines: unknown[]; exitCode: number };
  const validate = new Ajv({ strictTypes: false }).compile(bundledSchema('report'));
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toMatchObject({ reports: 2, exitCode: 75, plan: seal, failure: transient });
  const again = await merge({ 'merged.json': document }, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ pipelines: document.pipelines, exitCode: 75 });
});

test('of a shard that was started again the last result of each pipeline counts, whatever the order of the files', async () => {
  const first = shard(2, 2, { pipelines: [applied('shop[c]'), failed('shop[d]', transient)], exitCode: 75 });
  const second = shard(2, 5, { pipelines: [applied('shop[d]')] });
  const done = { 'r1.json': twoShards['r1.json'], 'r2.json': first, 'again.json': second };
  expect(await merge(done)).toMatchObject({ exitCode: 0, stderr: '' });
  const reversed = { 'again.json': second, 'r2.json': first, 'r1.json': twoShards['r1.json'] };
  const { stdout, exitCode } = await merge(reversed);
  expect([exitCode, stdout.trim().split('\n').at(-1)]).toEqual([0, 'Apply: 4 applied.']);
});

test('a run that failed before it had a result counts, until its shard has one', async () => {
  const error = { message: 'the state cannot be read', code: 'EXT6002', ...permanent };
  const { pipelines, blocked, ...rest } = shard(2, 2, { exitCode: 1, error });
  const broken = { 'r1.json': twoShards['r1.json'], 'r2.json': rest };
  expect(await merge(broken)).toMatchObject({
    exitCode: 1,
    stderr: 'error  r2.json: the state cannot be read  [EXT6002]\n',
  });
  const remedied = { ...broken, 'again.json': shard(2, 3, { pipelines: [applied('shop[c]')] }) };
  expect(await merge(remedied)).toMatchObject({ exitCode: 0, stderr: '' });
  expect([pipelines, blocked]).toEqual([[], []]);
});

test('an interruption counts over all, until everything that it left is done', async () => {
  const left = { ...base, address: 'shop[d]', outcome: 'interrupted', seconds: 0 };
  const ended = shard(2, 2, { pipelines: [left], exitCode: 143 });
  const files = { 'r1.json': twoShards['r1.json'], 'r2.json': ended };
  expect((await merge(files)).exitCode).toBe(143);
  const again = shard(2, 9, { pipelines: [applied('shop[d]')] });
  expect((await merge({ ...files, 'again.json': again })).exitCode).toBe(0);
});

describe('what a killed run has done', () => {
  const before = (address: string, changes: object = {}) => ({
    address,
    outcome: 'applied',
    rows: 1200,
    destinations: [{ target: `out/${address}.hyper`, size: 9000 }],
    ...changes,
  });
  const last = (stdout: string) => stdout.trim().split('\n').at(-1);
  const r1 = twoShards['r1.json'];

  test('is counted by the report of the run after it', async () => {
    const doneBefore = [before('shop[c]'), before('shop[e]', { outcome: 'deleted', destinations: [] })];
    const again = shard(2, 5, { pipelines: [applied('shop[d]')], doneBefore });
    const { stdout, exitCode, folder } = await merge(
      { 'r1.json': r1, 'again.json': again },
      '--markdown',
      'summary.md',
    );
    expect([exitCode, last(stdout)]).toEqual([0, 'Apply: 3 applied, 2 done before.']);
    const page = await readFile(path.join(folder, 'summary.md'), 'utf8');
    expect(page).toContain('**3 applied, 2 done before** in 2 reports.');
    const json = await merge({ 'r1.json': r1, 'again.json': again }, '--json');
    const document = JSON.parse(json.stdout) as { doneBefore: unknown; pipelines: unknown[] };
    expect(document.doneBefore).toEqual(doneBefore);
    const validate = new Ajv({ strictTypes: false }).compile(bundledSchema('report'));
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    const twice = await merge({ 'merged.json': document });
    expect(last(twice.stdout)).toBe('Apply: 3 applied, 2 done before.');
  });

  test('is no second result, in whatever order the reports are merged', async () => {
    const ours = shard(2, 2, { pipelines: [applied('shop[c]')] });
    const again = shard(2, 5, { doneBefore: [before('shop[c]')] });
    for (const files of [
      { 'r1.json': r1, 'r2.json': ours, 'again.json': again },
      { 'again.json': again, 'r2.json': ours, 'r1.json': r1 },
    ])
      expect(last((await merge(files)).stdout)).toBe('Apply: 3 applied.');
  });

  test.each([
    ['an interruption', { ...base, address: 'shop[c]', outcome: 'interrupted', seconds: 0 }, 143],
    ['a failure', failed('shop[c]', transient), 75],
  ])('remedies %s that was reported earlier, and none that was later', async (_, pipeline, exitCode) => {
    const ended = (minute: number) => shard(2, minute, { pipelines: [pipeline], exitCode });
    const again = shard(2, 5, { doneBefore: [before('shop[c]')] });
    const remedied = await merge({ 'again.json': again, 'r2.json': ended(2), 'r1.json': r1 });
    expect([remedied.exitCode, last(remedied.stdout)]).toEqual([0, 'Apply: 2 applied, 1 done before.']);
    const later = await merge({ 'r1.json': r1, 'r2.json': ended(9), 'again.json': again });
    expect(later.exitCode).toBe(exitCode);
  });

  test('keeps its success if another process of the shard has failed since', async () => {
    const files = {
      'again.json': shard(2, 5, { doneBefore: [before('shop[c]')] }),
      'ours.json': shard(2, 2, { pipelines: [applied('shop[c]')] }),
      'other.json': shard(2, 3, { pipelines: [failed('shop[c]', transient)], exitCode: 75 }),
      'r1.json': r1,
    };
    expect(last((await merge(files)).stdout)).toBe('Apply: 2 applied, 1 done before.');
  });

  test('is left to the result of the run that has done the rest', async () => {
    const rest = shard(2, 5, {
      pipelines: [{ ...base, address: 'shop[c]', outcome: 'interrupted', seconds: 0 }],
      doneBefore: [before('shop[c]', { partly: true })],
      exitCode: 143,
    });
    const { exitCode, stdout } = await merge({ 'r1.json': r1, 'r2.json': rest });
    expect([exitCode, last(stdout)]).toEqual([143, 'Apply: 2 applied, 1 interrupted.']);
  });
});

test('what is missing or broken is named, and is no success', async () => {
  const whole = JSON.stringify(twoShards['r2.json']);
  const { exitCode, stderr } = await merge({
    'r1.json': twoShards['r1.json'],
    'half.json': whole.slice(0, whole.length / 2),
    'empty.json': '',
    'plan.json': { format: 1, pipelines: [], diagnostics: [], seal },
    'other.json': { diagnostics: [] },
  });
  expect(exitCode, stderr).toBe(1);
  expect(stderr.split('\n').filter((line) => line.startsWith('error'))).toEqual([
    'error  half.json: is not a report: it is not JSON, or only a part of it  [EXT6140]',
    'error  empty.json: is not a report: it is empty  [EXT6140]',
    'error  plan.json: is not a report: it is a plan  [EXT6140]',
    'error  other.json: is not a report: it is not what apply --json prints  [EXT6140]',
    'error  there is no report of shard 2 of 2  [EXT6141]',
  ]);
  expect(stderr).toContain('it is a plan  [EXT6140]\n  = merge what apply --json has printed: ');
  const first = { ...twoShards['r1.json'], shard: { index: 1, count: 4 } };
  expect((await merge({ 'r1.json': first })).stderr).toContain(
    'error  there is no report of shards 2, 3, 4 of 4  [EXT6141]\n  = start them again: what is done already is not done twice',
  );
  expect(await merge({})).toMatchObject({ exitCode: 64 });
});

test('reports of other plans and other divisions are refused', async () => {
  const other = { ...twoShards['r2.json'], plan: 'b'.repeat(64) };
  expect(await merge({ 'r1.json': twoShards['r1.json'], 'r2.json': other })).toMatchObject({
    exitCode: 64,
    stderr:
      'error: r2.json and r1.json are reports of different plans\n  = merge the reports of one plan at a time\n',
  });
  const divided = { ...twoShards['r2.json'], shard: { index: 3, count: 4 } };
  expect(await merge({ 'r1.json': twoShards['r1.json'], 'r2.json': divided })).toMatchObject({
    exitCode: 64,
  });
});

test('reports of 0.2.0, without classes and times, and of later versions are read', async () => {
  const old = { pipelines: [failed('shop', {}, 'EXT6004')], blocked: [], diagnostics: [] };
  expect(await merge({ 'old.json': old })).toMatchObject({ exitCode: 75 });
  const gate = {
    pipelines: [],
    blocked: [{ address: 'shop', by: 'gate', message: 'breaking' }],
    diagnostics: [],
  };
  expect(await merge({ 'old.json': gate })).toMatchObject({ exitCode: 3 });
  const later = { ...old, future: true, pipelines: [{ ...applied('shop'), future: [1] }] };
  expect(await merge({ 'old.json': old, 'later.json': later })).toMatchObject({ exitCode: 0 });
});

test('10,000 items of sixteen shards are merged', () => {
  const merged = new ReportMerge();
  for (let index = 1; index <= 16; index++) {
    const items = Array.from({ length: 625 }, (_, at) => applied(`tenants[${index}_${at}]`));
    merged.add(
      `r${index}.json`,
      JSON.stringify({ ...shard(index, 0, { pipelines: items }), shard: { index, count: 16 } }),
    );
  }
  const { pipelines, exitCode } = merged.end();
  expect([pipelines.length, exitCode]).toEqual([10_000, 0]);
});
