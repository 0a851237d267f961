import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/model/plan/plan.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { encodePlan } from '../../src/run/plan-document.ts';
import { readSavedPlan, savePlan } from '../../src/run/saved-plan.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { readShownPlan } from '../../src/run/shown-plan.ts';
import { temporaryFolder } from '../support/folder.ts';
import { lengthHash } from '../support/pipelines.ts';
import saved from '../fixtures/plan-768509c.json' with { type: 'json' };

/** A plan with the parts of a real one, whose hashes differ from item to item. */
function planOf(items: number): Plan {
  const plan = saved as unknown as Plan;
  const [one] = plan.pipelines;
  if (one === undefined) throw new Error('the fixture has a pipeline');
  const pipelines = Array.from({ length: items }, (_, at) => {
    const own = (text: string) => sha256(`${text} ${at}`);
    return {
      ...one,
      address: `shop[t${at}]`,
      basis: {
        configuration: own('configuration'),
        sources: own('sources'),
        record: own('record'),
        targets: own('targets'),
        parts: ['configuration', 'folder', 'extract file', 'extract', 'destination'].map((kind) => ({
          kind: kind as 'extract',
          of: `../out/t${at}.hyper`,
          sha256: own(kind),
        })),
      },
    };
  });
  const { format, tool, forgotten, summary, gates, diagnostics } = plan;
  return { format, tool, pipelines, forgotten, summary, gates, diagnostics };
}

test('a plan of 10,000 items is less than 10 MB on the disk, and is read as it was saved', async () => {
  const folder = await temporaryFolder();
  const plan = planOf(10_000);
  await savePlan(plan, 'plan.json', folder);
  const text = await readFile(path.join(folder, 'plan.json'), 'utf8');
  expect(encodePlan(plan).length).toBeGreaterThan(20_000_000);
  expect(text.length).toBeLessThan(10_000_000);
  expect(await readSavedPlan('plan.json', folder)).toEqual(JSON.parse(JSON.stringify(plan)));
  expect((await readShownPlan('plan.json', folder)).isSealed).toBe(true);
});

test('a small plan is the document that plan --json prints', async () => {
  const folder = await temporaryFolder();
  const plan = buildPlan([], '0.2.0', { decisions: {}, policy: {}, hash: lengthHash });
  await savePlan(plan, 'plan.json', folder);
  expect(await readFile(path.join(folder, 'plan.json'), 'utf8')).toBe(encodePlan(plan));
});

test.each<[string, (text: string) => string, string]>([
  ['another summary', (text) => text.replace('"create": ', '"create": 1'), 'EXT6103'],
  ['a key twice', (text) => text.replace('"seal":', '"seal": "", "seal":'), 'EXT6103'],
  ['another seal', (text) => text.replace(/"seal": "..../, '"seal": "0000'), 'EXT6103'],
  [
    'a part of what is packed',
    (text) => text.replace(/"packed": "(.{1000}).*"/, '"packed": "$1"'),
    'EXT6102',
  ],
  ['nothing packed', (text) => text.replace(/"packed": ".*"/, '"packed": ""'), 'EXT6102'],
])('refuses a packed plan with %s', async (_, change, code) => {
  const folder = await temporaryFolder();
  await savePlan(planOf(2500), 'plan.json', folder);
  const file = path.join(folder, 'plan.json');
  const text = await readFile(file, 'utf8');
  expect(text).toContain('"format": 2');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
  await expect(readSavedPlan('plan.json', folder)).rejects.toMatchObject({ code });
});
