import { spawnSync } from 'node:child_process';

/**
 * `npm run test:long`: the suites that `npm test` only samples, with their full counts. A variable that is set counts
 * instead of these. The seeds are new in every run, and printed, so that a failure can be repeated.
 */
const seed = String(Date.now() % 1_000_000_000);
const counts = {
  FAULTS: '250',
  FAULT_SEED: seed,
  EVOLUTION_STEPS: '600',
  EVOLUTION_SEED: seed,
  PROPERTY_RUNS: '40',
  PROPERTY_SEED: seed,
  STATE_RUNS: '1000',
  USES_RUNS: '5000',
  USES_SEED: seed,
  TOKEN_PROCESSES: '2,4,8',
  TENANTS: '1000',
};
const suites = [
  'test/faults',
  'test/evolution',
  'test/e2e/incremental-property',
  'test/e2e/tableau-runs',
  'test/e2e/tenants',
  'test/sources/delimited/damage',
  'test/sources/workbook/random',
  'test/cli/damaged-state',
  'test/templates/uses-oracle',
];

const chosen = Object.fromEntries(
  Object.entries(counts).map(([name, value]) => [name, process.env[name] ?? value]),
);
process.stdout.write(
  `${Object.entries(chosen)
    .flatMap((pair) => pair.join('='))
    .join(' ')}\n`,
);
const filters = process.argv.slice(2);
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=verbose', ...(filters.length > 0 ? filters : suites)],
  {
    stdio: 'inherit',
    env: { ...process.env, ...chosen },
  },
);
process.exitCode = status ?? 1;
