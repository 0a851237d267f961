import fc from 'fast-check';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Env } from '../../src/cli/env.ts';
import { plan } from '../../src/cli/commands/plan.ts';
import { listState } from '../../src/cli/commands/state/list.ts';
import { showState } from '../../src/cli/commands/state/show.ts';
import { unlockState } from '../../src/cli/commands/state/unlock.ts';
import { RunError } from '../../src/model/errors/run-error.ts';
import { UsageError } from '../../src/run/usage-error.ts';

const fixture = fileURLToPath(new URL('../fixtures/state-768509c/project', import.meta.url));
const lock = {
  pid: 5_000_000,
  host: 'elsewhere',
  started: '1',
  since: '2026-01-31T08:00:00Z',
  token: 'x',
  boot: 'b',
  pidNamespace: 'pid:[1]',
};

let folder: string;
let documents: Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'extracts-test-'));
  await mkdir(path.join(folder, 'pipelines'));
  await cp(path.join(fixture, 'pipelines/data'), path.join(folder, 'pipelines/data'), { recursive: true });
  await cp(path.join(fixture, 'pipelines/files.yaml'), path.join(folder, 'pipelines/files.yaml'));
  const records = await readdir(path.join(fixture, 'state'));
  const read = async (name: string) => [
    name,
    JSON.parse(await readFile(path.join(fixture, 'state', name), 'utf8')) as unknown,
  ];
  documents = {
    ...(Object.fromEntries(
      await Promise.all(records.filter((name) => /^[^.].*\.json$/.test(name)).map(read)),
    ) as Record<string, unknown>),
    'files.lock': lock,
    '.run-0f.json': { ...lock, id: '0f', addresses: ['files'] },
  };
});

const nothing = [
  '',
  '{',
  'null',
  '[]',
  '7',
  '"text"',
  '{}',
  '{"format":1}',
  '\u0000\u0001',
  '{"format":1,"tables":{}}',
];
const strange = fc.constantFrom<unknown>(
  null,
  0,
  -1,
  Number.MAX_VALUE,
  9_007_199_254_740_991,
  '',
  'text',
  true,
  [],
  {},
  [[]],
  {
    a: 1,
  },
);

/** The paths of all values in a document. */
function pathsOf(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  return [[...at], ...Object.entries(value).flatMap(([key, inside]) => pathsOf(inside, [...at, key]))];
}

function damaged(document: unknown, at: readonly string[], what: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return what;
  const copy = (
    Array.isArray(document) ? [...(document as unknown[])] : { ...(document as object) }
  ) as Record<string, unknown>;
  const inside = damaged(copy[key], rest, what);
  if (inside === undefined) Reflect.deleteProperty(copy, key);
  else copy[key] = inside;
  return copy;
}

test('whatever a file of the state holds, no command takes it for a bug', async () => {
  const names = fc.constantFrom(...Object.keys(documents));
  const file = names.chain((name) => {
    const whole = fc.constantFrom(...nothing);
    const paths = fc.constantFrom(...pathsOf(documents[name]));
    const parts = fc
      .tuple(paths, fc.oneof(strange, fc.constant(undefined)))
      .map(([at, what]) => JSON.stringify(damaged(documents[name], at, what) ?? null));
    const cut = fc.nat({ max: 400 }).map((length) => JSON.stringify(documents[name]).slice(0, length));
    return fc.record({
      name: fc.constant(name),
      text: fc.oneof({ weight: 4, arbitrary: parts }, whole, cut),
    });
  });
  await fc.assert(
    fc.asyncProperty(file, async ({ name, text }) => {
      const state = path.join(folder, '.extracts/state');
      await rm(state, { recursive: true, force: true });
      await mkdir(state, { recursive: true });
      // A record of any kind must be read for the pipeline that there is.
      await writeFile(
        path.join(state, name.endsWith('.json') && !name.startsWith('.') ? 'files.json' : name),
        text,
      );
      const options = { project: folder, yes: true };
      for (const command of [
        () => plan(['pipelines'], {}, quiet()),
        () => listState({ ...options, json: true }, quiet()),
        () => showState('files', options, quiet()),
        () => unlockState('files', options, quiet()),
      ]) {
        await command().catch((error: unknown) => {
          if (!(error instanceof RunError || error instanceof UsageError)) throw error;
        });
      }
    }),
    { numRuns: Number(process.env.STATE_RUNS ?? 60) },
  );
}, 300_000);

test('a damaged record blocks its pipeline, and a damaged one of no pipeline none', async () => {
  const state = path.join(folder, '.extracts/state');
  await rm(state, { recursive: true, force: true });
  await mkdir(state, { recursive: true });
  await writeFile(path.join(state, 'files.json'), '{"format":1}');
  await writeFile(path.join(state, 'former.json'), '{"format":');
  const env = quiet();
  expect(await plan(['pipelines'], {}, env)).toBe(1);
  expect(env.said()).toContain('tool is no text');
  expect(env.said()).toMatch(/warning {2}cannot read the state .*former\.json/);
  await rm(path.join(state, 'files.json'));
  expect(await plan(['pipelines'], {}, quiet())).toBe(0);
});

function quiet(): Env & { said: () => string } {
  let text = '';
  return {
    cwd: folder,
    variables: process.env,
    signal: new AbortController().signal,
    out: (more) => void (text += more),
    err: (more) => void (text += more),
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask: undefined,
    said: () => text,
  };
}

afterAll(() => rm(folder, { recursive: true, force: true }));
