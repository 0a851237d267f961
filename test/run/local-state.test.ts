import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

const files = {
  'pipelines/data.csv': 'amount\n1\n',
  'pipelines/shop.yaml': `version: 1
name: shop
sources: { s: { type: file, path: data.csv } }
tables: { t: { from: { source: s }, columns: { amount: bigint } } }
destinations: [{ type: file, path: ../out/shop.hyper }]
`,
};

test('in CI, a state that the next job may not find is a warning, unless it was chosen', async () => {
  const project = await createProject(files);
  for (const command of [['plan'], ['apply', '--yes']]) {
    const { stderr, exitCode } = await runInside(project, command, { CI: 'true' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('[EXT6121]');
    expect(stderr).toContain('the state is kept in .extracts/state, and CI is set');
  }
  for (const CI of ['', 'false']) {
    expect((await runInside(project, ['plan'], { CI })).stderr).not.toContain('EXT6121');
  }
  await project.write('extracts.yaml', 'version: 1\nstate: {type: file, path: .extracts/state}\n');
  const chosen = await runInside(project, ['plan'], { CI: 'true' });
  expect(chosen.stderr).not.toContain('EXT6121');
  expect(chosen.stdout).toContain('No changes.');
});
