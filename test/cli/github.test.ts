import { expect, test } from 'vitest';
import { withoutCommands } from '../../src/cli/output/github.ts';
import { createProject } from '../support/cli.ts';

const wrong = `version: 1
name: shop
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, colums: { amount: bigint } } }
destinations: [{ type: file, path: ../out/shop.hyper }]
`;

test('on GitHub, what is wrong with a file stands beside its line, relative to the checkout', async () => {
  const project = await createProject({ 'warehouse/pipelines/shop.yaml': wrong });
  const variables = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: project.folder };
  const { stderr, exitCode } = await project.run(['validate', 'warehouse/pipelines/shop.yaml'], variables);
  expect(exitCode).toBe(65);
  expect(stderr).toContain('warehouse/pipelines/shop.yaml:4:');
  expect(stderr).toMatch(
    /^::error file=warehouse\/pipelines\/shop\.yaml,line=4,col=\d+,endColumn=\d+,title=EXT\d{4}::.*"colums"/m,
  );
  const elsewhere = await project.run(['validate', 'warehouse/pipelines/shop.yaml']);
  expect(elsewhere.stderr).not.toContain('::');
});

test('a failure without a place is annotated too', async () => {
  const project = await createProject();
  const { stderr, exitCode } = await project.run(['apply', 'plan.json'], { GITHUB_ACTIONS: 'true' });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/^::error title=EXT\d{4}::/m);
});

test('values of other people are no commands', async () => {
  const project = await createProject({
    'pipelines/data.csv': 'a,b\n::error::gotcha,##[add-mask]x\n',
    'pipelines/shop.yaml': `version: 1
name: shop
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, columns: { a: text, b: text } } }
destinations: [{ type: file, path: ../out/shop.hyper }]
`,
  });
  const onGitHub = await project.run(['preview', 'pipelines/shop.yaml'], { GITHUB_ACTIONS: 'true' });
  expect(onGitHub.exitCode).toBe(0);
  expect(onGitHub.stdout).toContain(': :error::gotcha');
  expect(onGitHub.stdout).toContain('## [add-mask]x');
  const elsewhere = await project.run(['preview', 'pipelines/shop.yaml']);
  expect(elsewhere.stdout).toContain('::error::gotcha');
});

test('only the beginning of a line is changed, blanks before it included', () => {
  expect(withoutCommands('a::b\n  ::set-output name=x::y\n\t:::\n::')).toBe(
    'a::b\n  : :set-output name=x::y\n\t: ::\n: :',
  );
});

test('a plan for a pull request is a document also when the configuration is wrong', async () => {
  const project = await createProject({ 'pipelines/shop.yaml': wrong });
  const { stdout, exitCode } = await project.run(['plan', '--markdown']);
  expect(exitCode).toBe(65);
  expect(stdout).toMatchInlineSnapshot(`
    "<!-- extracts plan -->
    ## extracts plan

    **There is no plan:** the configuration has 1 error.

    | place | problem | remedy |
    | --- | --- | --- |
    | <code>pipelines/shop.yaml:4:37</code> | error <code>EXT1002</code> unknown key &#34;colums&#34; | did you mean &#34;columns&#34;? |
    "
  `);
});
