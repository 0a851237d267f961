import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Plan } from '../../src/model/plan/plan.ts';
import { interruptedRuns, noteRun } from '../../src/run/interrupted-runs.ts';
import { openFileState } from '../../src/state/file/index.ts';

test('a damaged note of another run stays, is reported by --resume, and keeps no run from its end', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'runs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const state = openFileState(folder);
  await writeFile(path.join(folder, '.run-abc.json'), '{');
  const plan = { pipelines: [{ address: 'a' }, { address: 'b' }], forgotten: [] } as unknown as Plan;
  const run = noteRun(state, plan);
  await run.begin();
  expect(await readdir(folder)).toHaveLength(2);
  await run.end(new Set());
  expect(await readdir(folder)).toEqual(['.run-abc.json']);
  await expect(interruptedRuns(state, { notice: () => undefined })).rejects.toMatchObject({
    code: 'EXT6002',
  });
});
