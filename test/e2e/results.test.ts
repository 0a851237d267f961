import { execFileSync } from 'node:child_process';
import { mkdir, open, symlink, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile, withFile } from '../support/hyper-file.ts';
import { oneAtATime, oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';
import { noChanges, settle, tellStory } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const csv = (name: string, destination = `../out/${name}.hyper`) =>
  oneTable({ name, source: '{ type: file, path: data.csv }', columns: 'id: int, name: text', destination });

/** Two pipelines that were applied, and data that have changed since. */
async function twoApplied(): Promise<{ project: CliProject; before: Record<string, string> }> {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/bad.yaml': csv('bad'),
    'pipelines/good.yaml': csv('good'),
    'pipelines/data.csv': 'id,name\n1,Anna\n',
  });
  await project.apply();
  const before = await project.marks();
  await project.write('pipelines/data.csv', 'id,name\n1,Anna\n2,Bob\n');
  return { project, before };
}

it('says why a place cannot be written, before anything is read', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/folder.yaml': csv('folder', '../taken.hyper'),
    'pipelines/good.yaml': csv('good'),
    'pipelines/under_file.yaml': csv('under_file', '../extracts.yaml/out.hyper'),
    'pipelines/data.csv': 'id,name\n1,Anna\n',
    'taken.hyper/by.txt': 'a file in a folder',
  });
  const story = tellStory(project);
  const { exitCode } = await story.run('apply --yes');
  expectGolden('e2e/unwritable.txt', story.text());
  expect(exitCode).toBe(1);
  expect(await project.marks()).toHaveProperty(['out/good.hyper']);
});

it('needs no engine to see that nothing has changed', async () => {
  const { project } = await twoApplied();
  await project.apply();
  const without = { HYPERD_PATH: '/nowhere' };
  expect((await project.run(['plan'], without)).stdout).toBe(noChanges);
  await project.write('build/good.hyper', 'not by us');
  expect((await project.run(['plan'], without)).stderr).toContain('HYPERD_PATH is set to /nowhere');
});

it('goes on with the others where the system does not tell what is at a path', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/destination.yaml': csv('destination', '../loop/x.hyper'),
    'pipelines/extract.yaml': `${csv('extract')}extract: { file: ../loop/y.hyper }\n`,
    'pipelines/good.yaml': csv('good'),
    'pipelines/source.yaml': csv('source').replace('data.csv', '../loop/data.csv'),
    'pipelines/sources.yaml': csv('sources').replace('data.csv', '../loop/*.csv'),
    'pipelines/template.yaml': `${csv('template', '../out/t.tdsx')}template: { file: ../loop/x.tdsx }\n`,
    'pipelines/data.csv': 'id,name\n1,Anna\n',
  });
  await symlink('loop', project.path('loop'));
  const { stderr, exitCode } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  const told = settle(stderr, project).match(/^pipelines.*$/gm);
  expect(told).toMatchInlineSnapshot(`
    [
      "pipelines/destination.yaml:10:5  error  cannot see what is at ../loop/x.hyper: ELOOP: too many symbolic links encountered  [EXT5001]",
      "pipelines/extract.yaml:1:1  error  cannot see what is at (project)/loop/y.hyper: ELOOP: too many symbolic links encountered  [EXT3004]",
      "pipelines/source.yaml:4:6  error  cannot see what is at ../loop/data.csv: ELOOP: too many symbolic links encountered  [EXT2102]",
      "pipelines/sources.yaml:4:6  error  cannot see what is at ../loop: ELOOP: too many symbolic links encountered  [EXT2102]",
      "pipelines/template.yaml:11:19  error  cannot see what is at ../loop/x.tdsx: ELOOP: too many symbolic links encountered  [EXT4000]",
    ]
  `);
  await project.remove('loop');
  expect(await project.marks()).toHaveProperty(['out/good.hyper']);
});

it('keeps the old result when only writing shows that it cannot be written', async () => {
  const project = await createProject({
    'pipelines/late.yaml': csv('late', '../gone/late.hyper'),
    'pipelines/data.csv': 'id,name\n1,Anna\n',
  });
  await symlink('nowhere', project.path('gone'));
  const { exitCode, stderr } = await project.run(['apply', '--yes']);
  expect(settle(stderr, project)).toMatchInlineSnapshot(`
    "late › open sources (time)
    late › create extract (time)
    late › t › load 1 row 15 B (time)
    late › finish extract 65.5 kB (time)
    late › write ../gone/late.hyper failed: cannot write ../gone/late.hyper: (project)/gone is no folder
    pipelines/late.yaml:10:5  error  cannot write ../gone/late.hyper: (project)/gone is no folder  [EXT5002]
      10 |   - { type: file, path: ../gone/late.hyper }
         |     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
         = check that the folder is writable and has room; what was there before is untouched

    1 error
    "
  `);
  expect(exitCode).toBe(1);
  // What was built is recorded, so the next run has nothing to read.
  const { stdout } = await project.run(['plan']);
  expect(stdout).toContain('<= write ../gone/late.hyper');
  expect(stdout).not.toContain('table "t"');
});

it('will not build on an extract that another program holds', async () => {
  const { project, before } = await twoApplied();
  const story = tellStory(project);
  await withFile(project.path('build/bad.hyper'), 'readwrite', async () => {
    expect((await story.run('apply --yes')).exitCode).toBe(75);
  });
  expectGolden('e2e/held.txt', story.text());
  await expectOnlyGoodChanged(project, before);
});

it('writes to several destinations, and again only to the one that needs it', async () => {
  const project = await createProject({
    'pipelines/two.yaml': `${csv('two')}  - { type: file, path: ../copy/of two.hyper }\n`,
    'pipelines/data.csv': 'id,name\n1,Anna\n',
  });
  await project.apply();
  const before = await project.marks();
  expect(await readHyperFile(project.path('copy/of two.hyper'))).toEqual(
    await readHyperFile(project.path('out/two.hyper')),
  );
  await project.remove('copy');
  await project.apply();
  const after = await project.marks();
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(after['out/two.hyper']).toBe(before['out/two.hyper']);
});

it('replaces a destination under the eyes of somebody who reads it', async () => {
  const { project } = await twoApplied();
  await withFile(project.path('out/bad.hyper'), 'readonly', async (session) => {
    const count = () => session.query('select count(*) as rows from seen."Extract".t');
    expect(await count()).toEqual([{ rows: '1' }]);
    await project.apply();
    expect(await count()).toEqual([{ rows: '1' }]);
  });
  const [table] = await readHyperFile(project.path('out/bad.hyper'));
  expect(table?.rows).toHaveLength(2);
});

describe('an extract that is damaged', () => {
  it.each([
    ['no .hyper at all', (file: string) => overwrite(file, 0, 'id,name\n1,Anna\n'.repeat(6000))],
    ['cut off', (file: string) => truncate(file, 20_000)],
    ['empty', (file: string) => truncate(file, 0)],
  ])('(%s) is left alone, and said', async (what, damage) => {
    const { project, before } = await twoApplied();
    await damage(project.path('build/bad.hyper'));
    const damaged = (await project.marks())['build/bad.hyper']!;
    const story = tellStory(project);
    expect((await story.run('apply --yes')).exitCode).toBe(1);
    expectGolden(`e2e/damaged-${what.replaceAll(/\W+/g, '-')}.txt`, story.text());
    await expectOnlyGoodChanged(project, { ...before, 'build/bad.hyper': damaged });

    await project.remove('build/bad.hyper');
    await project.apply();
    expect((await readHyperFile(project.path('out/bad.hyper')))[0]?.rows).toHaveLength(2);
  });
});

describe.skipIf(!canMount())('a full disk', () => {
  it('under TMPDIR is named as such', async () => {
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/data.csv': 'id\n1\n',
      'pipelines/a.yaml': oneTable({
        name: 'a',
        source: '{ type: file, path: data.csv }',
        columns: 'id: int',
      }),
    });
    await mountSmall(project, 'full', '1m');
    await writeFile(project.path('full/taken'), Buffer.alloc(1020 * 1024));
    const { exitCode, stderr } = await project.run(['apply', '--yes'], { TMPDIR: project.path('full') });
    expect(stderr).toMatch(
      /hyperd (did not start|cannot begin to work): TMPDIR \(.*full\) has only .* free {2}\[EXT3020\]/,
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['build', 'while it is filled', { size: '1m', rows: 200_000 }],
    ['build', 'when it is finished', { size: '200k', rows: 10_000 }],
    ['out', 'when it is written', { size: '1m', rows: 200_000 }],
  ])('under %s/ %s fails the pipeline and keeps what was there', async (folder, when, { size, rows }) => {
    const small = (columns: string) =>
      oneTable({
        name: 'big',
        source: '{ type: file, path: data.csv }',
        columns,
        destination: '../out/big.hyper',
      });
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/big.yaml': small('id: int, name: text'),
    });
    await mountSmall(project, folder, size);
    await project.write('pipelines/data.csv', 'id,name\n1,Anna\n');
    await project.apply();
    const before = await project.marks();

    const text = Array.from({ length: rows }, (_, row) => `${row * 7919},text number ${row * 104729}\n`);
    await project.write('pipelines/data.csv', `id,name\n${text.join('')}`);
    const { exitCode, stderr } = await project.run(['apply', '--yes']);
    expectGolden(`e2e/disk-full-${folder}-${when.replaceAll(' ', '-')}.txt`, settle(stderr, project));
    expect(exitCode).toBe(1);
    const after = await project.marks();
    // Where only the delivery fails, the record names the extract that was built.
    const kept = [
      'out/big.hyper',
      ...(folder === 'build' ? ['build/big.hyper', '.extracts/state/big.json'] : []),
    ];
    for (const name of kept) expect([name, after[name]]).toEqual([name, before[name]]);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(await project.temporary()).toEqual([]);
  });
});

it('lets one of two applies at once win, and tells the other to wait', async () => {
  const { client, url } = await testDatabase();
  await client.query(
    `create view gated as select i as id from generate_series(1, 3) i where pg_advisory_lock_shared(42)::text = ''`,
  );
  const project = await createProject({
    'pipelines/gated.yaml': oneTable({
      name: 'gated',
      source: postgresSource,
      from: 'table: gated',
      columns: 'id: int',
    }),
  });
  await client.query('select pg_advisory_lock(42)');
  const first = project.start(['apply', '--yes'], postgresUrl(url));
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
  await vi.waitFor(async () => expect((await client.query(waiting)).rowCount).toBe(1), 30_000);

  const second = await project.run(['apply', '--yes'], postgresUrl(url));
  expect(second.exitCode).toBe(75);
  expect(settle(second.stderr, project)).toMatchInlineSnapshot(`
    "gated failed: gated is being applied by process (pid) on (host)
    pipelines/gated.yaml:1:1  error  gated is being applied by process (pid) on (host)  [EXT6004]
      1 | version: 1
        | ~~~~~~~~~~
        = wait for it; if that run has ended: extracts state unlock gated

    1 error
    "
  `);
  expect(settle(second.stdout, project)).toMatchInlineSnapshot(`
    "extracts will perform the following actions:

      # gated will be created  (because there is no extract yet)
      + extract "gated"
          + table "t"                ~1 rows, ~4 B  (not there yet)
              1 column
        <= write ../out/gated.hyper  create         (not there yet)

    Plan: 1 to create, 0 to change, 0 unchanged.
    Data: ~1 row, ~4 B to read.

    gated  failed at lock in (time); it may pass: run again
      what was there before is untouched

    Apply: 0 applied, 1 failed.
    "
  `);

  await client.query('select pg_advisory_unlock(42)');
  expect(await first.outcome).toMatchObject({ exitCode: 0 });
  expect((await readHyperFile(project.path('out/gated.hyper')))[0]?.rows).toHaveLength(3);
});

async function expectOnlyGoodChanged(project: CliProject, before: Record<string, string>): Promise<void> {
  const after = await project.marks();
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  expect(changed.sort()).toEqual([
    '.extracts/state/good.json',
    'build/good.hyper',
    'out/good.hyper',
    'pipelines/data.csv',
  ]);
  expect(await project.temporary()).toEqual([]);
}

async function overwrite(file: string, position: number, text: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(text, position);
  await handle.close();
}

function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** A file system of its own in the place of a folder of the project. */
async function mountSmall(project: CliProject, folder: string, size: string): Promise<void> {
  const place = project.path(folder);
  await mkdir(place, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', place]));
}
