import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/support/slowest-first.ts';

/**
 * Tests that start no process and no server, so that `npm run test:fast` needs less than a minute. They share the modules
 * of a worker, because most of their time would go into loading those again for each file.
 */
const pure = [
  'test/layers.test.ts',
  'test/{apply,house,model,plan,render,run}/**/*.test.ts',
  // `diagnostics` runs the built program.
  'test/config/!(diagnostics).test.ts',
  'test/import/{add-columns,write}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What happens at once on an idle machine takes seconds on a loaded one.
    expect: { poll: { timeout: 30_000 } },
    // Tests wait for a third of their time, for processes and servers: three keep two cores busy.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/model/config/written.gen.ts'],
      reporter: ['text-summary'],
    },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['{test,stand-ins}/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/support/global-build.ts', 'test/support/global-postgres.ts'],
        },
      },
    ],
  },
});
