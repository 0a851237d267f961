import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `npm test`: everything that must hold before a change lands, first what reads the code, then the tests.
 * Arguments go to vitest; with any, only the tests run. The last line counts the tests.
 */
const filters = process.argv.slice(2);
const checks: readonly [title: string, command: readonly string[]][] = [
  ['lint', ['eslint', '.']],
  ['types', ['tsc', '--noEmit']],
  ['unused', ['knip', '--no-progress']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
];

const isSound = filters.length > 0 || (await checkCode());
process.exitCode = isSound ? test() : 1;

/** Runs the checks beside each other and prints the output of each as a whole. */
async function checkCode(): Promise<boolean> {
  const passed = await Promise.all(
    checks.map(async ([title, command]) => {
      const { output, status } = await finished(command);
      process.stdout.write(`# ${title}${status === 0 ? '' : ' failed'}\n${output}`);
      return status === 0;
    }),
  );
  return passed.every(Boolean);
}

function finished([program = '', ...args]: readonly string[]): Promise<{
  output: string;
  status: number | null;
}> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string) => void (output += text);
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ output, status }));
  });
}

function test(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'extracts-tests-'));
  const results = path.join(folder, 'results.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...filters];
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
