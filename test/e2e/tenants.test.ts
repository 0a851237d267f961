import { readdir } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { identifier } from '../../src/hyper/sql.ts';
import { expectGolden } from '../support/golden.ts';
import { withSession } from '../support/hyper-file.ts';
import { settle } from '../support/story.ts';
import { makeTenants } from '../support/tenants/world.ts';

/** TENANTS=1000 is the whole portal; the texts are compared for 100. */
const count = Number(process.env.TENANTS ?? 100);

vi.setConfig({ testTimeout: 1_200_000 });

/** Returns the sums of all extracts in the folder, as another engine reads them. */
async function sumsBelow(folder: string): Promise<Record<string, number>> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.hyper'));
  return withSession(async (session) => {
    const sums: Record<string, number> = {};
    for (const file of files) {
      await session.query(
        `attach database ${identifier(`${folder}/${file}`)} as seen with (access_mode = 'readonly')`,
      );
      const [row] = await session.query(
        'select count(*)::text as rows, sum(total)::text as total from seen."Extract"."orders"',
      );
      await session.query('detach database seen');
      const key = `${row?.rows} rows, ${row?.total}`;
      sums[key] = (sums[key] ?? 0) + 1;
    }
    return sums;
  });
}

test('of many tenants of all kinds ten are broken: all others are published, and these are named with their remedy', async () => {
  const { project, env, tableau, broken, mostConnections } = await makeTenants(count);
  const golden = (name: string, text: string) => {
    if (count === 100) expectGolden(`e2e/${name}`, settle(text, project));
  };
  const plan = await project.run(['plan'], env);
  golden('tenants-plan.txt', plan.stdout);
  golden('tenants-problems.txt', plan.stderr);
  expect(plan.exitCode, plan.stderr).toBe(1);

  const applied = await project.run(['apply', '--yes', '--junit', 'junit.xml'], env);
  golden('tenants-report.txt', applied.stdout);
  expect(applied.exitCode, applied.stderr).toBe(1);
  const published = tableau.control.world.dataSources.filter(({ name }) => / [dspcjzx]\d{4}$/.test(name));
  expect(published).toHaveLength(count - broken.length);
  for (const address of broken) {
    expect(applied.stdout).toContain(address);
    expect(published.map(({ name }) => name)).not.toContain(address.replace('[', ' ').replace(']', ''));
  }
  expect(await sumsBelow(project.path('build'))).toEqual({
    '2 rows, 1002.55': count - broken.length,
  });
  const junit = await project.read('junit.xml');
  expect(junit.match(/<(?:failure|error)\b/g)).toHaveLength(broken.length);
  expect(mostConnections()).toBeGreaterThan(0);
  // Four, and the one that asks who holds a lock where a slow machine takes long.
  expect(mostConnections()).toBeLessThanOrEqual(5);
  expect(plan.stdout + applied.stdout + applied.stderr).not.toMatch(/reader-secret|a-wrong-password/);

  const second = await project.run(['plan'], env);
  golden('tenants-second-plan.txt', second.stdout);
  const unchanged = [...second.stdout.matchAll(/ (\d+) of \d+ unchanged/g)].map(([, number]) =>
    Number(number),
  );
  expect(unchanged.reduce((sum, number) => sum + number, 0)).toBe(count - broken.length);
});
