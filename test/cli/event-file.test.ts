import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { expect, test, vi } from 'vitest';
import { EventFile } from '../../src/cli/output/event-file.ts';
import { bundledSchema } from '../../src/config/schema-files.ts';
import type { Step } from '../../src/model/plan/step.ts';
import { createProject } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInside } from '../support/in-process.ts';
import { oneTable } from '../support/one-table.ts';

const validate = new Ajv({ strictTypes: false }).compile(bundledSchema('event'));

interface Line {
  type: string;
  address?: string;
  step?: string;
  exitCode?: number;
  rows?: number;
  seconds?: number;
}

function linesOf(text: string): Line[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event: unknown = JSON.parse(line);
      expect(validate(event), `${line}\n${JSON.stringify(validate.errors)}`).toBe(true);
      return event as Line;
    });
}

const csv = (name: string) =>
  oneTable({ name, source: '{ type: file, path: data.csv }', columns: 'id: int' });

test('each event of an apply is a line of its schema, and a second run appends its own', async () => {
  const project = await createProject({
    'pipelines/good.yaml': csv('good'),
    'pipelines/bad.yaml': csv('bad').replace('data.csv', 'wrong.csv'),
    'pipelines/data.csv': 'id\n1\n2\n',
    'pipelines/wrong.csv': 'id\nx\n',
  });
  const apply = () => runInside(project, ['apply', '--yes', '--events', 'events.ndjson']);
  expect((await apply()).exitCode).toBe(1);
  const events = linesOf(await project.read('events.ndjson'));
  expect(events[0]).toMatchObject({ type: 'run began', pipelines: 2 });
  expect(events.at(-1)).toMatchObject({ type: 'run ended', exitCode: 1 });
  const good = events.filter(({ address }) => address === 'good');
  expect(good.map(({ type }) => type).filter((type) => type !== 'started' && type !== 'ended')).toEqual([
    'began',
    'done',
  ]);
  const started = good.flatMap(({ type, step }) => (type === 'started' ? step : []));
  expect(good.flatMap(({ type, step }) => (type === 'ended' ? step : [])).sort()).toEqual(started.sort());
  expect(good.find(({ type, rows }) => type === 'ended' && rows !== undefined)).toMatchObject({ rows: 2 });
  expect(events.find(({ type }) => type === 'failed')).toMatchObject({
    address: 'bad',
    error: { code: 'EXT2103', class: 'permanent', retryable: false, file: 'pipelines/bad.yaml' },
  });
  await apply();
  expect(
    linesOf(await project.read('events.ndjson')).filter(({ type }) => type === 'run ended'),
  ).toHaveLength(2);
});

test('a run that cannot begin says so, too', async () => {
  const project = await createProject({ 'pipelines/good.yaml': 'version: 1\n' });
  const { exitCode } = await runInside(project, ['apply', '--yes', '--events', 'e', '--select', 'none']);
  expect(exitCode).toBe(65);
  expect(linesOf(await project.read('e'))).toMatchObject([{ type: 'run ended', exitCode: 65 }]);
});

test('a full disk ends the events and not the run, and is said once', async () => {
  const project = await createProject({
    'pipelines/good.yaml': csv('good'),
    'pipelines/data.csv': 'id\n1\n',
  });
  const { exitCode, stderr } = await runInside(project, ['apply', '--yes', '--events', '/dev/full']);
  expect(exitCode).toBe(0);
  const said = stderr.split('\n').filter((line) => line.includes('/dev/full'));
  expect(said).toEqual([
    expect.stringMatching(/^warning {2}no further events are written to \/dev\/full: .+; the run continues$/),
  ]);
});

test.each([
  ['-', 'error: --events -: stdout has the report\n'],
  ['none/e.ndjson', 'error: --events none/e.ndjson: the file cannot be opened: '],
])('refuses %s before anything is done', async (file, words) => {
  const project = await createProject({
    'pipelines/good.yaml': csv('good'),
    'pipelines/data.csv': 'id\n1\n',
  });
  const { exitCode, stderr } = await runInside(project, ['apply', '--yes', '--events', file]);
  expect([exitCode, stderr.startsWith(words)]).toEqual([64, true]);
});

/** Returns a named pipe, and its read end. */
function pipeIn(folder: string) {
  const file = path.join(folder, 'pipe');
  execFileSync('mkfifo', [file]);
  return { file, open: () => openSync(file, constants.O_RDONLY | constants.O_NONBLOCK) };
}

const step = { kind: 'load', id: 'load sales', table: 'sales' } as unknown as Step;
const places = { pipelines: [], locate: () => undefined };

test('a pipe whose reader goes away, or that has none, ends the events, and is said once', async () => {
  const folder = await temporaryFolder();
  const { file, open } = pipeIn(folder);
  const warnings: string[] = [];
  const settings = { cwd: folder, warn: (text: string) => void warnings.push(text) };
  new EventFile(file, settings).write({ type: 'began' });
  expect(warnings).toEqual([
    `warning  no further events are written to ${file}: nothing reads this pipe; the run continues\n`,
  ]);

  const reader = open();
  const events = new EventFile(file, settings);
  events.write({ type: 'began', address: 'a' });
  const buffer = Buffer.alloc(1000);
  expect(linesOf(buffer.toString('utf8', 0, readSync(reader, buffer)))).toMatchObject([{ type: 'began' }]);
  closeSync(reader);
  events.write({ type: 'done' });
  events.write({ type: 'done' });
  events.close();
  expect(warnings).toHaveLength(2);
});

test('a reader that is slow loses nothing', async () => {
  const folder = await temporaryFolder();
  const { file, open } = pipeIn(folder);
  const reader = open();
  const events = new EventFile(file, { cwd: folder, warn: (text) => expect.unreachable(text) });
  const address = 'x'.repeat(500);
  for (let line = 0; line < 500; line++) events.write({ type: 'began', address });
  let text = '';
  const buffer = Buffer.alloc(1 << 16);
  for (let turn = 0; turn < 20; turn++) {
    text += buffer.toString('utf8', 0, readSync(reader, buffer));
    if (turn < 19) events.write({ type: 'began', address });
  }
  events.close();
  closeSync(reader);
  expect(linesOf(text)).toHaveLength(519);
});

test('a running step reports at intervals how far it is, and stops when it ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'] });
  try {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'events');
    const events = new EventFile(file, { cwd: folder, warn: (text) => expect.unreachable(text) });
    const listener = events.listener(places);
    listener({ type: 'began', address: 'shop' });
    listener({ type: 'started', address: 'shop', step });
    vi.advanceTimersByTime(30_000);
    listener({ type: 'progress', address: 'shop', step, progress: { rows: 7, bytes: 70, seconds: 31 } });
    vi.advanceTimersByTime(30_000);
    listener({ type: 'ended', address: 'shop', step, seconds: 61, rows: 9, bytes: 90 });
    vi.advanceTimersByTime(90_000);
    events.close();
    expect(
      linesOf(readFileSync(file, 'utf8')).map(({ type, rows, seconds }) => [type, rows, seconds]),
    ).toEqual([
      ['began', undefined, undefined],
      ['started', undefined, undefined],
      ['progress', undefined, 30],
      ['progress', 7, 60],
      ['ended', 9, 61],
    ]);
  } finally {
    vi.useRealTimers();
  }
});
