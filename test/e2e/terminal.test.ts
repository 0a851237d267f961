import { Ajv } from 'ajv';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandLine, createProject, environment } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { oneAtATime, oneTable } from '../support/one-table.ts';
import { noChanges, settle, tellStory } from '../support/story.ts';
import { TestScreen } from '../support/screen.ts';
import { runOnTerminal } from '../support/terminal.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const escape = String.fromCharCode(27);
const root = fileURLToPath(new URL('../..', import.meta.url));

const people = oneTable({
  name: 'people',
  source: '{ type: file, path: people.csv }',
  columns: 'person: text',
});

const createPeople = () =>
  createProject({ 'pipelines/people.yaml': people, 'pipelines/people.csv': 'person\nAnna\n' });

describe('usage', () => {
  it('is told on the stream that was asked for, with exit code 64 where it was wrong', async () => {
    const project = await createProject();
    const story = tellStory(project);
    expect(await story.run('--help')).toMatchObject({ stderr: '', exitCode: 0 });
    for (const wrong of [
      'aply',
      'plan --detailed-exitcod',
      'apply --yes=no',
      'schema tables',
      'plan --title Now',
    ])
      expect(await story.run(wrong)).toMatchObject({ stdout: '', exitCode: 64 });
    expectGolden('e2e/usage.txt', story.text().replaceAll(root, '(package)/'));
    expect(await project.run([])).toMatchObject({
      stdout: expect.stringContaining('Commands:\n') as string,
      stderr: '',
      exitCode: 0,
    });
    expect(await project.run(['--version'])).toMatchObject({
      stdout: `${manifest.version}\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  it('is 65 for what is wrong in the files, and for files that are not there', async () => {
    const project = await createProject({ 'pipelines/people.yaml': people.replace('tables:', 'tabels:') });
    const story = tellStory(project);
    for (const command of ['validate', 'plan', 'apply --yes', 'plan nowhere'])
      expect(await story.run(command)).toMatchObject({ stdout: '', exitCode: 65 });
    expectGolden('e2e/wrong-files.txt', story.text());
  });
});

it('puts exactly one JSON document on stdout with --json, whatever happens', async () => {
  const project = await createPeople();
  await project.write('pipelines/gone.yaml', people.replaceAll('people', 'gone'));
  const document = async (args: string) => {
    const { stdout, stderr, exitCode } = await project.run(args.split(' '));
    return { json: JSON.parse(stdout) as Record<string, unknown>, stderr, exitCode };
  };
  expect(await document('validate --json')).toMatchObject({
    json: { pipelines: ['gone', 'people'], diagnostics: [] },
    stderr: '',
    exitCode: 0,
  });
  expect(await document('plan --json')).toMatchObject({
    json: { summary: { create: 1, blocked: 1 }, diagnostics: [{ code: 'EXT2101' }] },
    stderr: expect.stringContaining('no file matches "gone.csv"') as string,
    exitCode: 1,
  });
  expect(await document('apply --yes --json')).toMatchObject({
    json: {
      pipelines: [{ address: 'people', outcome: 'applied', tables: [{ name: 't', rows: 1 }] }],
      blocked: [{ address: 'gone', by: 'error', message: 'no file matches "gone.csv"' }],
      diagnostics: [{ code: 'EXT2101', file: 'pipelines/gone.yaml', line: 4 }],
    },
    stderr: expect.stringContaining('Apply: 1 applied, 1 blocked.') as string,
    exitCode: 1,
  });
  const { stdout } = await project.run(['plan', '--json'], { FORCE_COLOR: '1' });
  expect(JSON.parse(stdout)).toHaveProperty('seal');

  await project.write('pipelines/people.yaml', people.replace('version: 1', 'version: 9'));
  const invalid = await document('validate --json');
  expect(invalid).toMatchObject({
    json: { diagnostics: [{ line: 1, column: 10, severity: 'error' }] },
    exitCode: 65,
  });
  for (const command of ['plan', 'apply', 'preview pipelines/people.yaml'])
    expect(await document(`${command} --json`)).toMatchObject({
      json: {
        error: { message: 'the configuration is invalid' },
        diagnostics: [{ file: 'pipelines/people.yaml', line: 1, column: 10 }],
      },
      exitCode: 65,
    });
  await project.write('extracts.yaml', 'version: 9');
  expect(await document('state list --json')).toMatchObject({
    json: { diagnostics: [{ file: 'extracts.yaml', line: 1 }] },
    exitCode: 65,
  });
});

it('puts an error on stdout, too, where a command with --json ends before it has told anything', async () => {
  const project = await createPeople();
  const error = async (args: string) => {
    const { stdout, exitCode } = await project.run(args.split(' '));
    const document = JSON.parse(stdout) as { error: { code?: string; message: string }; exitCode?: number };
    const { error, exitCode: told = exitCode, ...rest } = document;
    expect(rest).toMatchObject({ diagnostics: [] });
    // A report of apply names its exit code, for `report merge`.
    expect(told).toBe(exitCode);
    return { ...error, exitCode };
  };
  const unreadable = { code: 'EXT6101', exitCode: 1 };
  expect(await error('show none.json --json')).toMatchObject(unreadable);
  expect(await error('apply none.json --json')).toMatchObject(unreadable);
  expect(await error('template show none.tds --json')).toMatchObject({ exitCode: 1 });
  expect(await error('plan --json --html pipelines/people.csv/page.html')).toMatchObject({ code: 'EXT6120' });
  for (const wrong of [
    'plan --json --select nobody',
    'state show nobody --json',
    'preview pipelines/people.yaml --table nothing --json',
  ])
    expect(await error(wrong)).toMatchObject({ exitCode: 64 });
  await project.run(['plan', '--out', 'plan.json']);
  await project.apply();
  expect(await error('apply plan.json --json')).toMatchObject({ code: 'EXT6104', exitCode: 4 });
});

it.each(['pipeline', 'project'])('prints a schema of %s files that a validator takes', async (name) => {
  const project = await createProject();
  const { stdout, stderr, exitCode } = await project.run(['schema', name]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const validate = new Ajv({ discriminator: true, strictTypes: false }).compile(JSON.parse(stdout) as object);
  expect(validate({ version: 1 })).toBe(name === 'project');
  expect(validate({ version: 1, nonsense: true })).toBe(false);
});

describe('colours', () => {
  it.each([
    ['without a terminal', {}, false],
    ['with NO_COLOR', { NO_COLOR: '1' }, false],
    ['with FORCE_COLOR', { NO_COLOR: '', FORCE_COLOR: '1' }, true],
    ['with both', { NO_COLOR: '1', FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('%s', async (_, env, coloured) => {
    const project = await createPeople();
    await project.write('pipelines/gone.yaml', people.replaceAll('people', 'gone'));
    const { stdout, stderr } = await project.run(['plan'], { NO_COLOR: '', CI: '', ...env });
    expect([stdout.includes(escape), stderr.includes(escape)]).toEqual([coloured, coloured]);
  });
});

describe('colours on a terminal', () => {
  const colour = new RegExp(`${escape}\\[[\\d;]*m`);

  it.each([
    ['apply --yes', '2>told.txt', 'Apply:', 'error'],
    ['apply --yes', '>told.txt', 'error', 'Apply:'],
    ['apply --yes --json', '2>told.txt', '"outcome"', 'Apply:'],
    ['plan', '>told.txt', 'error', 'Plan:'],
  ])('%s %s has none in the file', async (command, into, onScreen, inFile) => {
    const project = await createPeople();
    await project.write('pipelines/gone.yaml', people.replaceAll('people', 'gone'));
    const { screen } = await runOnTerminal(project, command.split(' '), [], { into });
    expect(screen).toContain(onScreen);
    expect(colour.test(screen)).toBe(!command.includes('--json'));
    const told = await project.read('told.txt');
    expect(told).toContain(inFile);
    expect(told).not.toMatch(colour);
  });

  it.each([
    ['NO_COLOR=1', { NO_COLOR: '1' }, false],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['nothing said', {}, true],
  ])('what is drawn has them as it is said: %s', async (_, said, coloured) => {
    const project = await createPeople();
    const variables = { NO_COLOR: undefined, ...said };
    const { screen } = await runOnTerminal(project, ['apply', '--yes'], [], { variables });
    expect(screen).toContain('1 of 1 done');
    expect(colour.test(screen)).toBe(coloured);
  });
});

it('says nothing more when nobody reads on', async () => {
  const project = await createPeople();
  const child = spawn(commandLine[0], [commandLine[1], 'plan', '--json'], {
    cwd: project.folder,
    env: environment(project.folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  expect(stderr).toBe('');
});

it('does nothing without a terminal, --yes or a saved plan', async () => {
  const project = await createPeople();
  await project.run(['plan', '--out', 'plan.json']);
  const before = await project.marks();
  const { stdout, stderr, exitCode } = await project.run(['apply']);
  expect(exitCode).toBe(64);
  expect(stdout).toContain('people will be created');
  expect(stderr).toContain('add --yes to apply it unasked; or save the plan');
  expect(await project.marks()).toEqual(before);
  expect(await project.run(['apply', 'plan.json'])).toMatchObject({ exitCode: 0 });
  expect(await project.run(['apply'])).toMatchObject({ exitCode: 0, stdout: noChanges });
});

describe('on a terminal', () => {
  it('asks, and does nothing when the answer is no', async () => {
    const project = await createPeople();
    const before = await project.marks();
    const { screen, exitCode } = await runOnTerminal(project, ['apply'], [{ when: '[y/N]', type: 'n\n' }]);
    expect(plain(screen)).toContain('Apply this plan? [y/N] n\nNot applied.\n');
    expect(exitCode).toBe(1);
    expect(await project.marks()).toEqual(before);
  });

  it('takes the end of the input for a no', async () => {
    const project = await createPeople();
    const { screen, exitCode } = await runOnTerminal(project, ['apply'], [{ when: '[y/N]', type: '\x04' }]);
    expect(screen).toContain('Not applied.');
    expect(exitCode).toBe(1);
  });

  it('asks, draws the progress, and leaves the report', async () => {
    const project = await createPeople();
    const { screen, exitCode } = await runOnTerminal(project, ['apply'], [{ when: '[y/N]', type: 'y\n' }]);
    expect(exitCode).toBe(0);
    expect(screen).toContain(`${escape}[1mPlan:${escape}[`);
    expectCursorShown(screen);
    expect(settle(plain(screen), project)).toMatch(/Apply: 1 applied\.\n$/);
    expectGolden('e2e/terminal.txt', settle(lastDrawn(screen), project));
    expect(await project.marks()).toHaveProperty(['out/people.hyper']);
  });

  it('does not ask with --yes, nor when there is nothing to do', async () => {
    const project = await createPeople();
    const first = await runOnTerminal(project, ['apply', '--yes'], []);
    expect(first.screen).not.toContain('[y/N]');
    const second = await runOnTerminal(project, ['apply'], []);
    expect(second.screen).toContain('No changes.');
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
  });

  it('stops at Ctrl-C, at the question and in the middle, and gives the cursor back', async () => {
    const { client, url } = await testDatabase();
    await client.query(
      `create view slow as select i as id from generate_series(1, 100000) i where pg_sleep(0.01)::text = ''`,
    );
    const project = await createProject({
      'pipelines/slow.yaml': oneTable({
        name: 'slow',
        source: `{ type: postgres, url: '${url}' }`,
        from: 'table: slow',
        columns: 'id: int',
      }),
    });
    const before = await project.marks();
    const asked = await runOnTerminal(project, ['apply'], [{ when: '[y/N]', type: '\x03' }]);
    expect(asked.exitCode).toBe(130);
    const drawn = await runOnTerminal(
      project,
      ['apply'],
      [
        { when: '[y/N]', type: 'y\n' },
        { when: 't › load', type: '\x03' },
      ],
    );
    expect(drawn.exitCode).toBe(130);
    expect(plain(drawn.screen)).toContain('slow  interrupted');
    expectCursorShown(drawn.screen);
    expect(await project.marks()).toEqual(before);
    expect(await project.temporary()).toEqual([]);
  });

  it('shows rows and bytes as they pass, of PostgreSQL and of files, and how much is left', async () => {
    const { client, url } = await testDatabase();
    await client.query(
      `create table big as select i as id, repeat('x', 1000) as text from generate_series(1, 40000) i; analyze big`,
    );
    const project = await createProject({
      'extracts.yaml': oneAtATime,
      'pipelines/big.yaml': oneTable({
        name: 'big',
        source: `{ type: postgres, url: '${url}' }`,
        from: 'table: big',
        columns: 'id: int, text: text',
      }),
      'pipelines/file.yaml': oneTable({
        name: 'file',
        source: `{ type: file, path: big.csv }`,
        columns: 'id: int, text: text',
      }).replace('destinations:', "    add: { File: '${file.name}' }\ndestinations:"),
    });
    const line = `1,${'x'.repeat(1000)}\n`;
    await project.write('pipelines/big.csv', `id,text\n${line.repeat(40_000)}`);
    const { screen, exitCode } = await runOnTerminal(project, ['apply', '--yes'], []);
    expect(exitCode).toBe(0);
    const shown = [...plain(screen).matchAll(/([\d ]+) rows, [\d.]+ [kM]?B(?:, [\d.]+ MB\/s)?, (\d+) %/g)];
    const rows = shown.map(([, count = '']) => Number(count.replaceAll(' ', '')));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((count) => count > 0 && count <= 40_000)).toBe(true);
  });

  it.each([
    { columns: 80, rows: 24 },
    { columns: 200, rows: 45 },
  ])('draws thirty pipelines at $columns x $rows, and leaves the counts above the report', async (size) => {
    const names = Array.from({ length: 30 }, (_, index) => `pipeline_${index + 1}`);
    const files = names.map((name): [string, string][] => [
      [
        `pipelines/${name}.yaml`,
        oneTable({ name, source: `{ type: file, path: ${name}.csv }`, columns: 'id: int' }),
      ],
      [`pipelines/${name}.csv`, name === 'pipeline_7' ? 'id\nseven\n' : 'id\n1\n'],
    ]);
    const project = await createProject(Object.fromEntries(files.flat()));
    const { screen: output, exitCode } = await runOnTerminal(project, ['apply', '--yes'], [], { size });
    expect(exitCode).toBe(1);
    const screen = new TestScreen(size.columns, size.rows);
    const [first, last] = [output.indexOf('0 of 30 done'), output.lastIndexOf('of 30 done')];
    screen.write(output.slice(0, first));
    const wrapped = screen.wrapped.length;
    const frames = output.slice(first, last);
    screen.write(frames);
    expect(screen.lostLines).toBe(0);
    expect(screen.wrapped).toHaveLength(wrapped);
    const counts = [
      ...plain(frames).matchAll(/(\d+) of 30 done · (\d+) running · (\d+) waiting · (\d+) failed/g),
    ];
    expect(counts.length).toBeGreaterThan(5);
    for (const [, ...parts] of counts) expect(parts.reduce((sum, count) => sum + Number(count), 0)).toBe(30);
    screen.write(output.slice(last));
    const left = screen.all().join('\n');
    expect(left).toMatch(
      /^29 of 30 done · 0 running · 0 waiting · 1 failed {3}\d\d:\d\d\n✖ pipeline_7 {2}t › load: .*\n\npipeline_1 /m,
    );
    expect(left).toContain('Apply: 29 applied, 1 failed.');
  });

  it('says each failure once, below what was drawn', async () => {
    const project = await createPeople();
    await project.write('pipelines/people.csv', 'person\n"Anna\n');
    const { screen, exitCode } = await runOnTerminal(project, ['apply', '-y'], []);
    expect(exitCode).toBe(1);
    const end = plain(screen).slice(plain(screen).lastIndexOf('Apply: 0 applied, 1 failed.'));
    expect(end).toContain('is never closed  [EXT2103]');
    expectCursorShown(screen);
    expectGolden('e2e/terminal-failure.txt', settle(lastDrawn(screen), project));
  });
});

/** Without colours and cursor movements. */
function plain(screen: string): string {
  return screen.replace(movement, '').replaceAll(/\r+\n/g, '\n');
}

const movement = new RegExp(`${escape}\\[[0-9;?]*[A-Za-z]`, 'g');
/** What stays on the screen at the end, where lines were moved up to, erased and written again. */
function lastDrawn(output: string): string {
  // Wider than the terminal was: long lines of other text stay whole.
  const screen = new TestScreen(1000, 40);
  screen.write(output);
  return `${screen.all().join('\n')}\n`;
}

/** The cursor is never hidden: whatever ends the program, there is nothing to restore. */
function expectCursorShown(screen: string): void {
  expect(screen).not.toContain(`${escape}[?25l`);
}
