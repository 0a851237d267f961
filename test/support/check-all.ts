import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `npm test`: everything that must hold before a change lands, quickest first, and last the tests with their coverage.
 * Arguments go to vitest; with any, only the tests run. The last line counts tests, for whoever reads the log.
 */
const filters = process.argv.slice(2);
const checks: [title: string, command: string[]][] = [
  ['types', ['tsc', '--noEmit']],
  ['lint', ['eslint', '.']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
];

process.exitCode = run();

function run(): number {
  for (const [title, [program = '', ...args]] of filters.length > 0 ? [] : checks) {
    process.stdout.write(`# ${title}\n`);
    const { status } = spawnSync(program, args, { stdio: 'inherit' });
    if (status !== 0) {
      process.stdout.write(`# ${title} failed\n`);
      return 1;
    }
  }
  return test();
}

function test(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'extracts-tests-'));
  const results = path.join(folder, 'results.json');
  const args = [
    'run',
    '--coverage',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...filters,
  ];
  try {
    const { status } = spawnSync('vitest', args, { stdio: 'inherit' });
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
      readFileSync(results, 'utf8'),
    ) as Record<string, number>;
    process.stdout.write(`${numPassedTests ?? 0} passed, ${numFailedTests ?? 0} failed\n`);
    return status === 0 && numFailedTestSuites === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
