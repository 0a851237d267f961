import { readdir } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  apply,
  ConfigurationError,
  plan,
  readPlan,
  readProject,
  RunError,
  show,
  UsageError,
} from '../../src/index.ts';
import type { ApplyEvent, ApplyOptions, Project, ProjectOptions, ReadOptions } from '../../src/index.ts';
import { createProject, environment, type CliProject, type Variables } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';

vi.setConfig({ testTimeout: 120_000 });

const pipeline = (name: string, checks = '') => `version: 1
name: ${name}
sources:
  uploads: { type: file, path: data/${name}.csv }
tables:
  orders:
    from: { source: uploads }
    columns: { id: int not null, name: text }
${checks}
destinations:
  - { type: file, path: ../out/${name}.hyper }
`;

const files = {
  'pipelines/shop.yaml': pipeline('shop'),
  'pipelines/data/shop.csv': 'id,name\n1,Apples\n2,Pears\n',
};

const surroundings = ({ folder }: CliProject, variables: Variables = {}): ProjectOptions => ({
  cwd: folder,
  variables: environment(folder, variables),
});

async function read(project: CliProject, options: ReadOptions = {}): Promise<Project> {
  const found = await readProject('pipelines', { ...surroundings(project), ...options });
  if (!found.ok) throw new Error(JSON.stringify(found.diagnostics));
  return found.project;
}

/** Applies to the end, and returns the events beside the result. */
async function applied(project: Project, options: ApplyOptions = {}) {
  const run = apply(project, options);
  const events: ApplyEvent[] = [];
  for await (const event of run) events.push(event);
  return { events, result: await run.result };
}

/** Names an event as the tests compare them. */
const nameOf = (event: ApplyEvent) => ('step' in event ? `${event.type} ${event.step.kind}` : event.type);

test('a project is planned, applied and planned again without changes', async () => {
  const folder = await createProject(files);
  const project = await read(folder);
  expect(project.pipelines).toEqual([{ address: 'shop', file: 'pipelines/shop.yaml', tags: [] }]);

  const before = await plan(project);
  expect(before).toMatchObject({ hasChanges: true, document: { summary: { create: 1 } } });
  expect(await folder.marks()).not.toHaveProperty('out/shop.hyper');

  const { events, result } = await applied(project);
  expect(events.map(nameOf).filter((name) => !name.startsWith('progress'))).toEqual([
    'planned',
    'began',
    'started snapshot',
    'ended snapshot',
    'started create',
    'ended create',
    'started load',
    'ended load',
    'started finish',
    'ended finish',
    'started deliver',
    'ended deliver',
    'started record',
    'ended record',
    'done',
  ]);
  expect(events).toEqual(JSON.parse(JSON.stringify(events)));
  expect(result).toMatchObject({
    ok: true,
    interrupted: false,
    blocked: [],
    pipelines: [{ address: 'shop', outcome: 'applied', tables: [{ name: 'orders', rows: 2 }] }],
  });
  expect((await readHyperFile(folder.path('out/shop.hyper')))[0]?.rows).toEqual([
    { id: '1', name: 'Apples' },
    { id: '2', name: 'Pears' },
  ]);

  const after = await plan(project);
  expect(after.hasChanges).toBe(false);
  expect(show(after.document)).toMatch(/^No changes\./m);
  expect((await applied(project)).result).toMatchObject({ ok: true, pipelines: [] });
  // The program agrees with the library.
  expect((await folder.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0);
});

test('a plan document is the file of the program, is shown alike, and is applied as it is or refused', async () => {
  const folder = await createProject(files);
  const { document } = await plan(await read(folder));
  const printed = await folder.run(['plan', '--out', 'plan.json']);
  expect(`${JSON.stringify(document, undefined, 2)}\n`).toBe(await folder.read('plan.json'));
  expect(show(document)).toBe(printed.stdout);
  expect(show(document, { as: 'json' })).toBe(await folder.read('plan.json'));
  expect(show(document, { as: 'markdown' })).toBe((await folder.run(['plan', '--markdown'])).stdout);
  const saved = await readPlan('plan.json', { cwd: folder.folder });
  expect(saved).toEqual(JSON.parse(JSON.stringify(document)));

  const forged = { ...saved, tool: '9.9.9' };
  expect(() => show(forged)).toThrow(expect.objectContaining({ code: 'EXT6103' }) as Error);
  await expect(apply(forged, surroundings(folder)).result).rejects.toMatchObject({ code: 'EXT6103' });

  expect(await apply(saved, surroundings(folder)).result).toMatchObject({ ok: true });
  const again = apply(saved, surroundings(folder)).result;
  await expect(again).rejects.toBeInstanceOf(RunError);
  await expect(again).rejects.toMatchObject({ code: 'EXT6104' });
});

test('a plan document is refused with the problems of its files if these have become wrong', async () => {
  const folder = await createProject(files);
  const { document } = await plan(await read(folder));
  await folder.write('pipelines/shop.yaml', files['pipelines/shop.yaml'].replace('id: int', 'id: imt'));
  const rejected = apply(document, surroundings(folder)).result;
  await expect(rejected).rejects.toBeInstanceOf(ConfigurationError);
  await expect(rejected).rejects.toMatchObject({
    diagnostics: [{ severity: 'error', file: 'pipelines/shop.yaml', line: 8 }],
  });
});

test('wrong files are returned with all of their problems, each at its place', async () => {
  const folder = await createProject({
    'pipelines/shop.yaml': files['pipelines/shop.yaml'].replace('id: int', 'id: imt'),
    'pipelines/other.yaml': 'version: 1\nname: other\n',
  });
  const found = await readProject(['pipelines'], surroundings(folder));
  expect(found.ok).toBe(false);
  expect(found).not.toHaveProperty('project');
  const places = found.diagnostics.map(({ severity, file, line, code }) => ({ severity, file, line, code }));
  expect(places).toContainEqual({
    severity: 'error',
    file: 'pipelines/shop.yaml',
    line: 8,
    code: expect.stringMatching(/^EXT\d{4}$/) as string,
  });
  expect(new Set(places.map(({ file }) => file))).toEqual(
    new Set(['pipelines/shop.yaml', 'pipelines/other.yaml']),
  );
});

test('an error in one pipeline is an event and part of the result, and stops no other', async () => {
  const folder = await createProject({
    ...files,
    'pipelines/other.yaml': pipeline('other'),
    'pipelines/data/other.csv': 'id,name\nx1,Plums\n',
    'pipelines/missing.yaml': pipeline('missing'),
  });
  const { events, result } = await applied(await read(folder));
  expect(events.filter(({ type }) => type === 'failed')).toEqual([
    expect.objectContaining({
      address: 'other',
      step: expect.objectContaining({ kind: 'load' }) as unknown,
      error: expect.objectContaining({
        code: expect.stringMatching(/^EXT\d{4}$/) as string,
        message: expect.stringContaining('x1') as string,
        file: 'pipelines/other.yaml',
      }) as unknown,
    }),
  ]);
  expect(events).toEqual(JSON.parse(JSON.stringify(events)));
  expect(result.ok).toBe(false);
  expect(result.pipelines.map(({ address, outcome }) => [address, outcome])).toEqual([
    ['other', 'failed'],
    ['shop', 'applied'],
  ]);
  expect(result.blocked).toMatchObject([{ address: 'missing', by: 'error' }]);
  expect(result.diagnostics).toMatchObject([{ severity: 'error', file: 'pipelines/missing.yaml' }]);
});

test('an extract that fails its checks is not delivered', async () => {
  const folder = await createProject({
    ...files,
    'pipelines/shop.yaml': pipeline('shop', '    checks: [{ row_count: { min: 3 } }]'),
  });
  const { result } = await applied(await read(folder));
  expect(result).toMatchObject({
    ok: false,
    pipelines: [{ outcome: 'rejected', failure: { code: 'EXT3030' } }],
  });
  expect(await folder.marks()).not.toHaveProperty('out/shop.hyper');
});

test.each(['the signal', 'the end of the loop'])('%s ends an apply cleanly', async (how) => {
  const folder = await createProject(files);
  const project = await read(folder);
  const interruption = new AbortController();
  const run = apply(project, { signal: interruption.signal });
  for await (const event of run) {
    if (nameOf(event) !== 'started load') continue;
    if (how === 'the signal') interruption.abort();
    else break;
  }
  expect(await run.result).toMatchObject({
    ok: false,
    interrupted: true,
    pipelines: [{ address: 'shop', outcome: 'interrupted' }],
  });
  const left = (await readdir(folder.folder, { recursive: true })).filter((name) => /draft|lock$/.test(name));
  expect(left).toEqual([]);
  expect((await applied(project)).result.ok).toBe(true);
});

test('an apply that is closed before it is planned rejects with the reason, and leaves the loop', async () => {
  const project = await read(await createProject(files));
  const run = apply(project);
  const rejected = expect(run.result).rejects.toMatchObject({ name: 'AbortError' });
  await run.close();
  await rejected;
  const reason = new Error('the server stops');
  await expect(apply(project, { signal: AbortSignal.abort(reason) }).result).rejects.toBe(reason);
  await expect(plan(project, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  // A question that no one answers is ended, too.
  const asking = apply(project, { approve: () => new Promise<boolean>(() => undefined) });
  await expect(async () => {
    for await (const { type } of asking) if (type === 'planned') void asking.close();
  }).rejects.toMatchObject({ name: 'AbortError' });
});

test('one signal serves any number of applies without a warning', async () => {
  const project = await read(await createProject(files));
  const warnings: string[] = [];
  const listener = ({ message }: Error) => void warnings.push(message);
  process.on('warning', listener);
  onTestFinished(() => void process.off('warning', listener));
  const { signal } = new AbortController();
  const refused = Array.from({ length: 12 }, () => apply(project, { signal, approve: () => false }).result);
  expect((await Promise.all(refused)).every(({ error }) => error !== undefined)).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings.filter((text) => text.includes('listeners'))).toEqual([]);
});

test('a plan that is not approved is not carried out', async () => {
  const folder = await createProject(files);
  const project = await read(folder);
  const asked: string[] = [];
  const refuse = (shown: Parameters<typeof show>[0]) => {
    asked.push(show(shown));
    return false;
  };
  const { events, result } = await applied(project, { approve: refuse });
  expect(asked).toEqual([show((await plan(project)).document)]);
  expect(events.map(nameOf)).toEqual(['planned']);
  expect(result).toMatchObject({
    ok: false,
    pipelines: [],
    error: { message: 'not applied: the plan was not approved' },
  });
  expect((await applied(project, { approve: () => Promise.resolve(true) })).result.ok).toBe(true);
  const nobodyAsks = () => Promise.reject(new Error('there is nothing to do'));
  expect((await applied(project, { approve: nobodyAsks })).result.ok).toBe(true);
});

test('two applies of a pipeline in one process exclude each other, or wait', async () => {
  const folder = await createProject(files);
  const notices: string[] = [];
  const project = await read(folder, { notice: ({ type }) => void notices.push(type) });
  const results = await Promise.all([apply(project).result, apply(project).result]);
  const codes = results.flatMap(({ pipelines }) => pipelines.map(({ failure }) => failure?.code ?? 'ok'));
  expect(codes.sort()).toEqual(['EXT6004', 'ok']);

  await folder.write('pipelines/data/shop.csv', 'id,name\n3,Plums\n');
  const waited = await Promise.all([
    apply(project, { lockWait: 60_000 }).result,
    apply(project, { lockWait: 60_000 }).result,
  ]);
  // Both may have planned before either has begun: the second then finds another record than it has planned with.
  const others = waited.flatMap(({ pipelines }) => pipelines.map(({ failure }) => failure?.code ?? 'ok'));
  expect(others.filter((code) => code === 'ok')).toHaveLength(1);
  expect(others.every((code) => ['ok', 'EXT6005'].includes(code))).toBe(true);
});

test('options that match nothing are usage errors, and an unknown project is one of the caller', async () => {
  const project = await read(await createProject(files));
  await expect(plan(project, { select: ['shpo'] })).rejects.toBeInstanceOf(UsageError);
  await expect(plan(project, { select: ['shpo'] })).rejects.toMatchObject({ hint: 'did you mean "shop"?' });
  await expect(plan({ pipelines: [] })).rejects.toBeInstanceOf(TypeError);
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', listener);
  onTestFinished(() => void process.off('unhandledRejection', listener));
  await expect(async () => {
    for await (const event of apply(project, { select: ['shpo'] })) throw new Error(event.type);
  }).rejects.toBeInstanceOf(UsageError);
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});

test('a selection of the reading is that of every plan: other items are neither read nor removed', async () => {
  const family = pipeline('orders')
    .replace('name: orders', 'name: tenants\nfor_each: { file: list.csv, on_removed: delete }')
    .replace('data/orders.csv', "'data/${each.file}'")
    .replace('../out/orders.hyper', "'../out/${each.key}.hyper'");
  const folder = await createProject({
    'pipelines/tenants.yaml': family,
    'pipelines/list.csv': 'key,file\nacme,shop.csv\ninitech,shop.csv\n',
    'pipelines/data/shop.csv': files['pipelines/data/shop.csv'],
  });
  await applied(await read(folder));
  // The others would be an error.
  await folder.write('pipelines/list.csv', 'key,file\nacme,shop.csv\ninitech,shop.csv\n../x,shop.csv\n');
  expect(await readProject('pipelines', surroundings(folder))).toMatchObject({ ok: false });
  const one = await read(folder, { select: ['tenants[acme]'] });
  expect(one.pipelines.map(({ address }) => address)).toEqual(['tenants[acme]']);
  expect(await plan(one)).toMatchObject({ hasChanges: false, document: { summary: { unchanged: 1 } } });
  const other = await plan(one, { select: ['tenants[initech]'] });
  expect(other.document.pipelines.map(({ address }) => address)).toEqual(['tenants[initech]']);
  await expect(plan(one, { select: ['tag:none'] })).rejects.toThrow(ConfigurationError);
  await folder.write('pipelines/list.csv', 'key,file\nacme,shop.csv\ninitech,shop.csv\n');
  const { result } = await applied(one, { full: true });
  expect(result.pipelines.map(({ address }) => address)).toEqual(['tenants[acme]']);
});

test('shards of a document and of a project do each a part, and together all of it', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const data = (name: string, text: string) => [`pipelines/data/${name}.csv`, text] as const;
  const folder = await createProject({
    ...Object.fromEntries(names.map((name) => [`pipelines/${name}.yaml`, pipeline(name)])),
    ...Object.fromEntries(names.map((name) => data(name, 'id,name\n1,x\n'))),
  });
  const { document } = await plan(await read(folder), { shards: 2 });
  const addressesOf = async (shard: string, variables = {}) => {
    const { ok, pipelines } = await apply(document, { ...surroundings(folder, variables), shard }).result;
    expect(ok).toBe(true);
    return pipelines.map(({ address }) => address);
  };
  const first = await addressesOf('1/2');
  expect(first).toHaveLength(2);
  expect(await addressesOf('1/2')).toEqual([]);
  const second = await addressesOf('auto', { JOB_COMPLETION_INDEX: '1' });
  expect([...first, ...second].sort()).toEqual(names);

  for (const name of names) await folder.write(...data(name, 'id,name\n1,x\n2,y\n'));
  const project = await read(folder);
  const parts = await Promise.all(['1/2', '2/2'].map((shard) => apply(project, { shard }).result));
  expect(parts.flatMap(({ pipelines }) => pipelines.map(({ address }) => address)).sort()).toEqual(names);

  await expect(apply(document, { ...surroundings(folder), shard: '3/2' }).result).rejects.toBeInstanceOf(
    UsageError,
  );
  await expect(plan(project, { shards: 0 })).rejects.toBeInstanceOf(UsageError);
});
