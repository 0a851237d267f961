import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createProject, type CliProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

interface Workflow {
  jobs: Record<string, { steps: { name?: string; run?: string }[] }>;
}

/** What the workflow runs of us, job by job, without what the shell does with it. */
function commandsOf(job: string): string[][] {
  const { jobs } = parse(read('ci/github-actions.yml')) as Workflow;
  const lines = (jobs[job]?.steps ?? []).flatMap(({ run = '' }) => run.replace(/\\\n\s*/g, '').split('\n'));
  return lines.flatMap((line) => {
    const [, command] = /^\s*npx --no-install extracts ([^>|]+)/.exec(line) ?? [];
    return command === undefined
      ? []
      : [command.replace('"$RUNNER_TEMP/policy.yaml"', policy).trim().split(' ')];
  });
}

const policy = 'policy.yaml';

test('only the steps that plan and apply have secrets, and nothing runs that is not installed', () => {
  const text = read('ci/github-actions.yml');
  const { jobs } = parse(text) as Workflow;
  const withSecrets = Object.values(jobs).flatMap(({ steps }) =>
    steps.filter((step) => JSON.stringify(step).includes('secrets.')).map(({ name }) => name),
  );
  expect(withSecrets).toEqual(['Plan', 'Apply']);
  const outside = parse(text) as { jobs: Record<string, { steps?: unknown }> };
  for (const job of Object.values(outside.jobs)) delete job.steps;
  expect(JSON.stringify(outside)).not.toContain('secrets.');
  expect(text).not.toMatch(/npx (?!--no-install)/);
  expect(commandsOf('plan').filter((command) => command.includes('--untrusted'))).toHaveLength(1);
});

const files = {
  [policy]: 'version: 1\npolicy: { allowed_paths: [pipelines] }\n',
  'extracts.yaml': 'version: 1\n',
  'pipelines/sales.yaml': `version: 1
name: sales
sources: { files: { type: file, path: sales.csv } }
tables:
  sales: { from: { source: files }, columns: { id: int } }
destinations: [{ type: file, path: ../out/sales.hyper }]
`,
  'pipelines/sales.csv': 'id\n1\n',
};

async function runAll(project: CliProject, job: string): Promise<string[]> {
  const outputs = [];
  for (const args of commandsOf(job)) {
    const { exitCode, stdout, stderr } = await project.run(args);
    expect(exitCode, `${args.join(' ')}\n${stderr}`).toBe(0);
    outputs.push(stdout);
  }
  return outputs;
}

test('the workflow plans a pull request and applies what is merged', async () => {
  const project = await createProject(files);
  expect(commandsOf('plan').map(([name]) => name)).toEqual(['validate', 'plan', 'plan']);
  const [, markdown] = await runAll(project, 'plan');
  expect(markdown).toContain('sales');
  expect(await project.read('plan.html')).toMatch(/^<!doctype html>/i);
  expect(commandsOf('apply')).toEqual([['apply', '--yes']]);
  expect((await project.run(['apply', 'plan.json', '--yes'])).exitCode).toBe(0);
  await runAll(project, 'apply');
  expect((await project.run(['plan'])).stdout).toBe(noChanges);
});

test('a gate ends the plan of a pull request with the code that the workflow hands on', async () => {
  const project = await createProject(files);
  await project.apply();
  await project.write(
    'pipelines/sales.yaml',
    files['pipelines/sales.yaml'].replace('id: int', 'id: smallint'),
  );
  const [, plan = []] = commandsOf('plan');
  const { exitCode, stdout } = await project.run(plan);
  expect(exitCode).toBe(3);
  expect(stdout).toContain('--allow-breaking');
  const shown = await project.run(['show', 'plan.json', '--markdown']);
  expect(shown).toMatchObject({ stdout, exitCode: 0 });
});

test('every command that the page names has flags that exist', async () => {
  const project = await createProject(files);
  const named = [...read('ci.md').matchAll(/`extracts ([^`]+)`/g)].map(([, command = '']) =>
    command.replace(/\s+/g, ' '),
  );
  expect(named.length).toBeGreaterThan(5);
  for (const command of named) {
    const { exitCode, stderr } = await project.run([...command.split(' '), '--help']);
    expect(exitCode, `${command}\n${stderr}`).toBe(0);
  }
});

test('the workflow of GitLab runs the same commands, and nothing that is not installed', () => {
  const text = read('ci/gitlab-ci.yml');
  expect(text).not.toMatch(/npx (?!--no-install)/);
  const { plan, apply } = parse(text) as Record<'plan' | 'apply', { script: string[] }>;
  const commands = [...plan.script, ...apply.script].flatMap((line) => {
    const [, command] = /^npx --no-install extracts ([^>]+)/.exec(line) ?? [];
    return command === undefined ? [] : [command.replace('"$policy"', policy).trim().split(' ')];
  });
  const trusted = commandsOf('plan').filter((command) => !command.includes('--untrusted'));
  expect(commands).toEqual([...trusted, ...commandsOf('apply')]);
});
