import { mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';
import { noChanges, settle, tellStory } from '../support/story.ts';

const created = [
  'extracts.yaml',
  'pipelines/sample.yaml',
  'pipelines/data/orders_2025.csv',
  'pipelines/data/orders_2026.csv',
  'pipelines/data/customers.csv',
  '.gitignore',
  '.env.example',
  '.vscode/settings.json',
];
const schemas = ['.vscode/pipeline.schema.json', '.vscode/project.schema.json'];

interface Report {
  files: { path: string; outcome: string }[];
  notes: string[];
  next: string[];
}

describe('extracts init', () => {
  test('writes a project that applies at once, and then has no changes', async () => {
    const project = await createProject();
    const story = tellStory(project);
    await story.run('init');
    await story.run('validate');
    await story.run('plan');
    await story.run('apply --yes');
    expect((await story.run('plan')).stdout).toBe(noChanges);
    expectGolden('cli/init.txt', settle(story.text(), project));
    expect((await stat(project.path('out/sample.tdsx'))).size).toBeGreaterThan(1000);
    for (const name of [...created, ...schemas]) await stat(project.path(name));
  });

  test('keeps files that exist, names the lines that .gitignore lacks, and replaces with --force', async () => {
    const project = await createProject({
      '.gitignore': 'node_modules\n.env\n',
      'extracts.yaml': 'version: 1\n',
    });
    const first = await runInside(project, ['init', '--json']);
    const report = JSON.parse(first.stdout) as Report;
    const outcomes = Object.fromEntries(report.files.map(({ path, outcome }) => [path, outcome]));
    expect(outcomes).toMatchObject({
      '.gitignore': 'kept',
      'extracts.yaml': 'kept',
      '.env.example': 'created',
    });
    expect(report.notes).toEqual(['add to .gitignore: /build/  /out/  /.extracts/']);
    expect(await project.read('extracts.yaml')).toBe('version: 1\n');

    const before = await project.marks();
    const { files } = JSON.parse((await runInside(project, ['init', '--json'])).stdout) as Report;
    expect(new Set(files.map(({ outcome }) => outcome))).toEqual(new Set(['kept', 'unchanged']));
    expect(await project.marks()).toEqual(before);

    const { stdout } = await runInside(project, ['init', '--force']);
    expect(stdout).toContain('  replaced   extracts.yaml\n');
    expect(await project.read('extracts.yaml')).toContain('# state:');
    expect(await project.read('.gitignore')).toContain('/build/');
  });

  test('writes no sample where there are pipelines, and uses the schemas of the installed package', async () => {
    const project = await createProject({
      'pipelines/own.yaml': 'version: 1\n',
      'node_modules/extracts/schemas/pipeline.schema.json': '{}',
    });
    const { files } = JSON.parse((await runInside(project, ['init', '--json'])).stdout) as Report;
    expect(files.map(({ path }) => path)).toEqual(created.filter((name) => !name.startsWith('pipelines/')));
    expect(await project.read('.vscode/settings.json')).toContain(
      'node_modules/extracts/schemas/project.schema.json',
    );
  });

  test.each([
    ['github', '.github/workflows/extracts.yml'],
    ['gitlab', '.gitlab-ci.yml'],
  ])('writes a workflow for %s, which needs a lock file', async (service, file) => {
    const project = await createProject();
    const { stdout } = await runInside(project, ['init', 'new', '--ci', service]);
    expect(stdout).toContain(`  created    ${file}\n`);
    expect(stdout).toContain('Note: the workflow runs npm ci: commit a package.json');
    expect(stdout).toContain('  1. cd new && extracts plan');
    expect(stdout).toContain('keep the state in a bucket');
    expect(Object.keys(parse(await project.read(`new/${file}`)) as object)).not.toEqual([]);
    await project.write('new/package.json', '{"dependencies":{"extracts":"file:extracts.tgz"}}');
    await project.write('new/package-lock.json', '{}');
    const again = await runInside(project, ['init', 'new', '--ci', service]);
    expect(again.stdout).not.toContain('Note:');
  });

  test('leaves nothing behind when a file is in the place of a folder', async () => {
    const project = await createProject({ '.vscode': 'no folder' });
    const before = await project.marks();
    const { stdout, stderr, exitCode } = await runInside(project, ['init']);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(settle(stderr, project)).toBe(
      'error  cannot write .vscode/settings.json: (project)/.vscode is no folder  [EXT6130]\n' +
        '  = nothing was written; make the folder writable, or move what is in the way\n',
    );
    expect(await project.marks()).toEqual(before);
    await expect(stat(project.path('pipelines'))).rejects.toThrow('ENOENT');
    const forced = await runInside(project, ['init', '--force']);
    expect(forced.exitCode).toBe(1);
    expect(await project.marks()).toEqual(before);
  });

  test('puts replaced files back when a later one fails', async () => {
    const project = await createProject({ 'extracts.yaml': 'version: 1\n' });
    await mkdir(project.path('.env.example'));
    const { exitCode } = await runInside(project, ['init', '--force']);
    expect(exitCode).toBe(1);
    expect(await project.read('extracts.yaml')).toBe('version: 1\n');
    await expect(stat(project.path('pipelines'))).rejects.toThrow('ENOENT');
  });

  test('does not write through a link to nothing', async () => {
    const project = await createProject();
    await symlink(project.path('elsewhere'), project.path('extracts.yaml'));
    const { stdout } = await runInside(project, ['init']);
    expect(stdout).toContain('  kept       extracts.yaml  (it exists; --force replaces it)\n');
    await expect(stat(project.path('elsewhere'))).rejects.toThrow('ENOENT');
  });

  test('an interrupted run leaves nothing', async () => {
    const project = await createProject();
    const { exitCode } = await runInside(project, ['init'], {}, AbortSignal.abort());
    expect(exitCode).toBe(130);
    expect(await project.marks()).toEqual({});
  });

  test('the .env.example is read by a shell and by Node.js', async () => {
    const project = await createProject();
    await runInside(project, ['init']);
    const text = await readFile(project.path('.env.example'), 'utf8');
    const names = Array.from(text.matchAll(/^([A-Z_]+)=/gm), ([, name = '']) => name);
    expect(names).toContain('SHOP_PG_URL');
    const { parseEnv } = await import('node:util');
    expect(parseEnv(text)).toMatchObject({
      SHOP_PG_URL: 'postgres://extracts_reader:password@localhost:5432/shop',
    });
    await rm(project.path('.env.example'));
  });
});
