import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { bundledSchema } from '../../src/config/schema-files.ts';
import { apply } from '../../src/cli/commands/apply.ts';
import type { Env } from '../../src/cli/env.ts';
import { removeState } from '../../src/cli/commands/state/remove.ts';
import { unlockState } from '../../src/cli/commands/state/unlock.ts';
import { UsageError } from '../../src/run/usage-error.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oneTable } from '../support/one-table.ts';
import { pipeline, record, table } from '../support/pipelines.ts';

const message = 'not applied: the question was not answered with yes';
const unasked = {
  message: 'not applied: there is no terminal to ask on',
  hint: 'add --yes to apply it unasked; or save the plan with extracts plan --out plan.json and apply that: extracts apply plan.json',
};

test.each([
  ['a no to the question', () => Promise.resolve('no'), 1, { message }, 'Not applied.'],
  ['no terminal to ask on', undefined, 64, unasked, `error: ${unasked.message}\n  = ${unasked.hint}`],
])('%s is reported in JSON and in JUnit XML', async (_, ask, code, error, words) => {
  const { cwd, env, streams } = await projectOfPeople(ask);
  expect(await apply([], { json: true, junit: 'junit.xml' }, env)).toBe(code);
  const document: unknown = JSON.parse(streams.out);
  const kind = { class: 'permanent', retryable: false };
  const empty = { pipelines: [], blocked: [], diagnostics: [] };
  expect(document).toMatchObject({ exitCode: code, ...empty, error: { ...error, ...kind }, failure: kind });
  const validate = new Ajv({ strictTypes: false }).compile(bundledSchema('report'));
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(streams.err).toContain('people will be created');
  expect(streams.err).toContain(words);
  expect((await readdir(cwd)).sort()).toEqual(['junit.xml', 'pipelines']);
});

test.each(['rm', 'unlock'] as const)('state %s changes nothing without a terminal or --yes', async (name) => {
  const { cwd, env } = await projectOfPeople(undefined);
  const folder = path.join(cwd, '.extracts/state');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'people.json'),
    JSON.stringify({ ...record(pipeline([table('t', { person: 'text' })])), address: 'people' }),
  );
  const lock = { pid: 1, host: 'elsewhere', started: '1', token: 'x', since: '2026-01-01T00:00:00Z' };
  if (name === 'unlock') await writeFile(path.join(folder, 'people.lock'), JSON.stringify(lock));
  const before = await readdir(folder);
  const command = name === 'rm' ? removeState : unlockState;
  await expect(command('people', {}, env)).rejects.toThrow(UsageError);
  expect(await readdir(folder)).toEqual(before);
  expect(await command('people', { yes: true }, env)).toBe(0);
  expect(await readdir(folder)).toHaveLength(before.length - 1);
});

async function projectOfPeople(ask: Env['ask']) {
  const cwd = await temporaryFolder();
  await mkdir(path.join(cwd, 'pipelines'));
  const people = { name: 'people', source: '{ type: file, path: people.csv }', columns: 'person: text' };
  await writeFile(path.join(cwd, 'pipelines/people.yaml'), oneTable(people));
  await writeFile(path.join(cwd, 'pipelines/people.csv'), 'person\nAnna\n');
  const streams = { out: '', err: '' };
  const env: Env = {
    cwd,
    variables: {},
    signal: new AbortController().signal,
    out: (text) => void (streams.out += text),
    err: (text) => void (streams.err += text),
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask,
  };
  return { cwd, env, streams };
}
