import { symlink } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';
import { oneAtATime } from '../support/one-table.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';

vi.setConfig({ testTimeout: 180_000 });
afterEach(() => {
  vi.useRealTimers();
});

const portal = (forEach: string, source: string, more = '') => `version: 1
name: portal
for_each: ${forEach}
sources: {uploads: ${source}}
tables:
  orders:
    from: {source: uploads}
    columns: {id: int, total: "numeric(9,2)"}
destinations: [{type: file, path: "../out/\${each.key}.hyper"}]
${more}`;

const ofFolders = (more = '', onRemoved = 'delete') =>
  portal(
    `{folders: {path: ../uploads/}, on_removed: ${onRemoved}}`,
    '{type: file, path: "../uploads/${each.name}/*.csv"}',
    more,
  );

const csv = 'id,total\n1,2.50\n';

/** Runs commands at a time that the test chooses, and keeps what they print. */
function clocked(project: CliProject) {
  const printed: string[] = [];
  vi.useFakeTimers({ toFake: ['Date'] });
  return {
    at: (time: string) => vi.setSystemTime(new Date(time)),
    note: (text: string) => void printed.push(`# ${text}\n\n`),
    run: async (...args: string[]) => {
      const outcome = await runInside(project, args);
      const text = outcome.stdout.replace(/\b\d+\.\d s\b/g, '… s');
      printed.push(`$ extracts ${args.join(' ')}\n${text}\n`);
      return outcome;
    },
    text: () => printed.join(''),
  };
}

test('a customer comes with a folder, one is broken, one goes, comes back, and is removed after a day', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/portal.yaml': ofFolders(),
    'uploads/acme/a.csv': csv,
    'uploads/Müller & Söhne (EU)/a.csv': csv,
    'uploads/readme.txt': '',
  });
  const story = clocked(project);
  story.at('2026-03-01T08:00:00Z');
  await story.run('plan');
  expect((await story.run('apply', '--yes')).exitCode).toBe(0);
  expect((await story.run('plan')).stdout).toContain('No changes.');

  story.note('A customer is new, and another one uploads what is no number.');
  await project.write('uploads/initech/a.csv', csv);
  await project.write('uploads/acme/b.csv', 'id,total\nx,1\n');
  const broken = await story.run('apply', '--yes');
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toContain('uploads/acme/b.csv');
  await project.remove('uploads/acme/b.csv');
  expect((await runInside(project, ['apply', '--yes'])).exitCode).toBe(0);

  story.note('The folder of a customer is missing: an apply notes it, and nothing is deleted.');
  await project.remove('uploads/Müller & Söhne (EU)');
  await story.run('plan', '--detailed-exitcode').then(({ exitCode }) => expect(exitCode).toBe(2));
  await story.run('apply', '--yes');
  story.at('2026-03-02T07:59:00Z');
  await story.run('plan', '--detailed-exitcode').then(({ exitCode }) => expect(exitCode).toBe(0));

  story.note('It is back before the day is over: that is noted, too.');
  await project.write('uploads/Müller & Söhne (EU)/a.csv', csv);
  await story.run('plan');
  await story.run('apply', '--yes');
  expect((await story.run('plan')).stdout).toContain('No changes.');

  story.note('It is missing once more, for more than a day.');
  await project.remove('uploads/Müller & Söhne (EU)');
  await story.run('apply', '--yes');
  story.at('2026-03-03T08:00:00Z');
  await story.run('plan');
  expect((await story.run('apply', '--yes')).exitCode).toBe(0);
  expect((await story.run('plan')).stdout).toContain('No changes.');
  expect(Object.keys(await project.marks()).filter((name) => name.includes('ller'))).toEqual([]);
  expectGolden('e2e/for-each-folders.txt', story.text());
});

test('what was noted is not in the way of a saved plan, nor of forget', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/portal.yaml': ofFolders(),
    'uploads/acme/a.csv': csv,
    'uploads/initech/a.csv': csv,
  });
  const { at, run } = clocked(project);
  at('2026-03-01T08:00:00Z');
  await run('apply', '--yes');
  await project.remove('uploads/acme');
  await run('plan', '--out', 'plan.json');
  expect((await run('apply', 'plan.json')).stdout).toContain('1 noted as missing');
  expect((await run('apply', 'plan.json')).stdout).not.toContain('noted');
  await project.write('pipelines/portal.yaml', ofFolders('', 'forget'));
  expect((await run('apply', '--yes')).stdout).toContain('portal[acme]  no longer managed');
});

test('a folder that cannot be read is not missing, and one that is gone altogether blocks the family', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/portal.yaml': ofFolders(),
    'uploads/acme/a.csv': csv,
    'uploads/initech/a.csv': csv,
  });
  await project.apply();
  await project.remove('uploads/acme');
  await symlink('/nowhere', project.path('uploads/acme'));
  const broken = await runInside(project, ['plan']);
  expect(broken.exitCode).toBe(1);
  expect(broken.stdout).toContain('# portal[acme] cannot be applied');
  expect(broken.stdout).toContain('1 of 2 unchanged');
  expect(broken.stdout).not.toContain('missing');
  await project.remove('uploads');
  const gone = await runInside(project, ['plan']);
  expect(gone.stdout).toContain('# portal cannot be applied  (because there is no folder uploads/)');
  await project.write('uploads', 'a file');
  expect((await runInside(project, ['plan'])).stdout).toContain('because uploads/ is no folder');
});

test('prefixes of a bucket are items in the same way, and one of them is asked for alone', async () => {
  const standIn = await startS3StandIn({ buckets: { lake: {} } });
  try {
    for (const name of ['acme', 'Other Inc', 'acme*'])
      void standIn.control.put('lake', `portal/${name}/d.csv`, csv);
    void standIn.control.put('lake', 'portal//d.csv', csv);
    const access = `bucket: lake, endpoint: "${standIn.endpoint}", region: ${standIn.region}, access_key_id: ${standIn.credentials.accessKeyId}, secret_access_key: "\${secret.S3_KEY}"`;
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/portal.yaml': portal(
        '{prefixes: {source: uploads, under: portal/}}',
        `{type: s3, ${access}, match: "portal/\${each.name}/*.csv", format: csv}`,
      ),
    });
    const env = { S3_KEY: standIn.credentials.secretAccessKey };
    const applied = await runInside(project, ['apply', '--yes'], env);
    expect(applied.stdout).toContain('Apply: 3 applied, 1 blocked.');
    expect(applied.stdout).toContain('its name is empty: two slashes in a row begin a folder without a name');
    standIn.control.requests.clear();
    const one = await runInside(project, ['plan', '--select', 'portal[Other%20Inc]'], env);
    expect(one.stdout).toContain('portal  1 of 1 unchanged');
    const listings = standIn.control.requests.entries().map(({ query }) => query.prefix);
    expect(listings.filter(Boolean)).toEqual(['portal/Other Inc/', 'portal/Other Inc/']);
    const mistyped = await runInside(project, ['plan', '--select', 'portal[acmee]'], env);
    expect(mistyped.stderr).toContain('did you mean "portal[acme]"?');
  } finally {
    await standIn.close();
  }
});
