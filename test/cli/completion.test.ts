import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { commandLine, createProject, environment, type CliProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';
import { oneTable } from '../support/one-table.ts';

const pipeline = (name: string) =>
  oneTable({ name, source: '{ type: file, path: people.csv }', columns: 'person: text' });

const newProject = () =>
  createProject({
    'pipelines/people.yaml': pipeline('people'),
    'pipelines/tenants.yaml': pipeline('tenants')
      .replace('sources:', 'for_each: { items: [acme, apex] }\nsources:')
      .replace('../out/tenants.hyper', "'../out/${each.key}.hyper'"),
    'pipelines/broken.yaml': 'name: broken\nversion: 7\n',
  });

async function candidates(project: CliProject, shell: string, ...words: string[]): Promise<string[]> {
  const { stdout, stderr, exitCode } = await runInside(project, ['__complete', shell, '--', ...words]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\t.*/, ''));
}

describe('extracts __complete', () => {
  test('knows every command, option and choice of the command line', async () => {
    const project = await newProject();
    const all = await candidates(project, 'zsh', '');
    const { stdout: help } = await runInside(project, ['--help']);
    const documented = Array.from(
      help.matchAll(/^ {2}(?!extracts )([a-z]+)(?: .*)?$/gm),
      ([, name = '']) => name,
    );
    expect(all).toEqual(expect.arrayContaining(documented));
    expect(all).not.toContain('__complete');
    expect(await candidates(project, 'zsh', 'pl')).toEqual(['plan', ':none']);
    expect(await candidates(project, 'zsh', 'plan', '--det')).toEqual(['--detailed-exitcode', ':none']);
    expect(await candidates(project, 'zsh', 'graph', '--format', '')).toEqual([
      'text',
      'mermaid',
      'dot',
      ':none',
    ]);
    expect(await candidates(project, 'zsh', 'graph', '--format=m')).toEqual(['--format=mermaid', ':none']);
    expect(await candidates(project, 'zsh', 'completion', 'z')).toEqual(['zsh', ':none']);
    expect(await candidates(project, 'zsh', 'schema', 'p')).toEqual(['pipeline', 'project', 'plan', ':none']);
    expect(await candidates(project, 'zsh', 'state', 's')).toEqual(['show', ':none']);
    expect(await candidates(project, 'zsh', 'explain', 'EXT2013')).toEqual(['EXT2013', ':none']);
  });

  test('offers files for paths and folders where only these fit', async () => {
    const project = await newProject();
    for (const words of [
      ['plan', ''],
      ['plan', 'a.yaml', ''],
      ['plan', '--out', ''],
      ['plan', '--', '-'],
      ['inspect', ''],
    ])
      expect(await candidates(project, 'zsh', ...words), words.join(' ')).toEqual([':files']);
    expect(await candidates(project, 'zsh', 'init', '')).toEqual([':folders']);
    expect(await candidates(project, 'zsh', 'preview', 'a.yaml', '')).toEqual([':none']);
  });

  test('offers pipelines and their items for --select, --exclude and addresses, even beside a broken file', async () => {
    const project = await newProject();
    const names = ['broken', 'people', 'tenants', 'tenants[acme]', 'tenants[apex]'];
    const terms = ['tag:', 'dest:file', 'dest:tableau', 'state:modified'];
    for (const words of [
      ['plan', '-s', ''],
      ['apply', '--yes', '--exclude', ''],
    ])
      expect(await candidates(project, 'fish', ...words)).toEqual([...names, ...terms, ':none']);
    expect(await candidates(project, 'fish', 'state', 'show', 'te')).toEqual([...names.slice(2), ':none']);
    expect(await candidates(await createProject(), 'fish', 'state', 'show', '')).toEqual([':none']);
  });

  test('takes words as bash and PowerShell give them', async () => {
    const project = await newProject();
    expect(await candidates(project, 'bash', 'graph', '--format', '=', 'm')).toEqual(['mermaid', ':none']);
    expect(await candidates(project, 'bash', 'plan', '-s', 'dest', ':', 'ta')).toEqual(['tableau', ':none']);
    expect(await candidates(project, 'powershell', 'plan', '=--det')).toEqual([
      '--detailed-exitcode',
      ':none',
    ]);
    expect(await candidates(project, 'powershell', 'init', '=')).toEqual([':folders']);
  });
});

const hasShell = async (shell: string) =>
  execa(shell, ['-c', 'exit 0']).then(
    () => true,
    () => false,
  );
const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map(hasShell));
const call = commandLine.map((word) => `'${word}'`).join(' ');

describe('the scripts', () => {
  test('are printed for each shell, and refuse others', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
      expect((await runInside({ folder: '.' }, ['completion', shell])).stdout).toContain(
        `__complete ${shell} -- `,
      );
    expect(await runInside({ folder: '.' }, ['completion', 'cmd'])).toMatchObject({
      stdout: '',
      exitCode: 64,
    });
  });

  test.runIf(bash)('complete in bash', async () => {
    const project = await newProject();
    const completed = async (line: string) => {
      const words = line.split(' ').map((word) => `'${word}'`);
      const script = `extracts() { ${call} "$@"; }; source <(extracts completion bash)
        COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _extracts extracts; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = environment(project.folder);
      const { stdout, stderr } = await execa('bash', ['--norc', '-c', script], {
        cwd: project.folder,
        env,
        extendEnv: false,
      });
      expect(stderr).toBe('');
      return stdout.split('\n');
    };
    expect(await completed('extracts val')).toEqual(['validate']);
    expect(await completed('extracts plan --out pipelines/p')).toEqual(['pipelines/people.yaml']);
    expect(await completed('extracts plan -s tenants[')).toEqual(['tenants\\[acme\\]', 'tenants\\[apex\\]']);
    expect(await completed('extracts graph --format = d')).toEqual(['dot']);
    expect(await completed('extracts init pipe')).toEqual(['pipelines']);
    expect(await completed('extracts schema pipelines/')).toEqual(['']);
  });

  test.runIf(fish)('complete in fish', async () => {
    const project = await newProject();
    const script = `function extracts; ${call} $argv; end; extracts completion fish | source; complete -C 'extracts plan --det'; complete -C 'extracts state show pe'`;
    const env = environment(project.folder);
    const { stdout } = await execa('fish', ['--no-config', '-c', script], {
      cwd: project.folder,
      env,
      extendEnv: false,
    });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^--detailed-exitcode\t/) as string,
      'people\tpipeline',
    ]);
  });

  test.runIf(zsh)('complete in zsh, on a terminal of its own', async () => {
    const project = await newProject();
    await project.write(
      '.zshrc',
      `PS1='> '; extracts() { ${call} "$@"; }; autoload -Uz compinit; compinit -u -d "$HOME/dump"
source <(extracts completion zsh)\n`,
    );
    const env = { ...environment(project.folder), ZDOTDIR: project.folder, TERM: 'xterm' };
    const keys = String.raw`extracts state show peo\t 2> state.txt\nexit\n`;
    const driver = `zmodload zsh/zpty; zpty terminal zsh -i; zpty -w -n terminal $'${keys}'
      while zpty -r terminal line; do :; done`;
    await execa('zsh', ['-f', '-c', driver], { cwd: project.folder, env, extendEnv: false });
    expect(await project.read('state.txt')).toContain('people');
  });
});
