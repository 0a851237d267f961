import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';

vi.setConfig({ testTimeout: 120_000 });

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The variables that each engine sets for the shard at this position, from 0, of four. */
const engines: Record<string, (at: number) => Record<string, string>> = {
  'ci/kubernetes-job.yaml': (at) => ({ JOB_COMPLETION_INDEX: String(at) }),
  'ci/aws-batch.json': (at) => ({ AWS_BATCH_JOB_ARRAY_INDEX: String(at), AWS_BATCH_JOB_ARRAY_SIZE: '4' }),
  'ci/gitlab-shards.yml': (at) => ({ CI_NODE_INDEX: String(at + 1), CI_NODE_TOTAL: '4' }),
  'ci/slurm-array.sh': (at) => ({
    SLURM_ARRAY_TASK_ID: String(at + 1),
    SLURM_ARRAY_TASK_MIN: '1',
    SLURM_ARRAY_TASK_COUNT: '4',
  }),
  'ci/github-matrix.yml': () => ({}),
};

/** Returns what a ready file runs of us, for the shard at this position. */
function commandsOf(file: string, at: number): string[][] {
  // The command of a container is a list: as text, it is like a line of a shell.
  const text = read(file)
    .replace(/"?node_modules\/\.bin\/extracts"?,\s+([^\]]+)\]/g, (_, list: string) => {
      return `node_modules/.bin/extracts ${list.replace(/[",\s]+/g, ' ')}\n`;
    })
    .replace('${{ matrix.shard }}', String(at + 1));
  return [...text.matchAll(/(?:npx --no-install |node_modules\/\.bin\/)extracts (.+)$/gm)].map(
    ([, command = '']) => command.replace('/plans/', '').trim().split(' '),
  );
}

interface Rules {
  spec: { podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] } };
}
interface Strategy {
  retryStrategy: { evaluateOnExit: { onExitCode: string; action: string }[] };
}

test('Kubernetes and AWS Batch start again what may succeed later, and nothing else', () => {
  const { rules } = (parse(read('ci/kubernetes-job.yaml')) as Rules).spec.podFailurePolicy;
  const { evaluateOnExit } = (JSON.parse(read('ci/aws-batch.json')) as Strategy).retryStrategy;
  const endsKubernetes = (code: number) =>
    rules.some(({ action, onExitCodes }) => action === 'FailIndex' && onExitCodes?.values.includes(code));
  // A pattern that ends with an asterisk matches every code that begins so; without a match the job is started again.
  const endsBatch = (code: number) =>
    evaluateOnExit.some(({ onExitCode, action }) => {
      const isMatch = onExitCode.endsWith('*')
        ? String(code).startsWith(onExitCode.slice(0, -1))
        : onExitCode === String(code);
      return action === 'EXIT' && isMatch;
    });
  const codes = [1, 3, 4, 64, 65, 70, 75, 130, 137, 143];
  const final = [1, 3, 4, 64, 65, 70];
  expect(codes.filter(endsKubernetes)).toEqual(final);
  expect(codes.filter(endsBatch)).toEqual(final);
  // AWS Batch takes no more.
  expect(evaluateOnExit.length).toBeLessThanOrEqual(5);
});

test.each(Object.keys(engines))('the commands of %s apply everything once', async (file) => {
  const parsed: unknown = file.endsWith('.json') ? JSON.parse(read(file)) : parse(read(file));
  expect(parsed).toBeTruthy();
  const project = await createProject({
    'pipelines/sales.yaml': `version: 1
name: sales
for_each: {items: [at, be, ch, de, es]}
sources: {files: {type: file, path: "../data/\${each.key}.csv"}}
tables:
  sales: {from: {source: files}, columns: {id: int}}
destinations: [{type: file, path: "../out/\${each.key}.hyper"}]
`,
    ...Object.fromEntries(['at', 'be', 'ch', 'de', 'es'].map((key) => [`data/${key}.csv`, 'id\n1\n'])),
  });
  const planned = await project.run(['plan', '--shards', '4', '--out', 'plan.json']);
  expect(planned.exitCode, planned.stderr).toBe(0);
  let applied = 0;
  for (const at of [0, 1, 2, 3]) {
    const apply = commandsOf(file, at).find(([name]) => name === 'apply') ?? [];
    expect(apply.slice(0, 3)).toEqual(['apply', 'plan.json', '--shard']);
    const { exitCode, stdout, stderr } = await project.run(apply, engines[file]?.(at));
    expect(exitCode, stderr).toBe(0);
    applied += Number(/^Apply: (\d+) applied\./m.exec(stdout)?.[1] ?? 0);
  }
  expect(applied).toBe(5);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);
});
