import { expect, onTestFinished, test, vi } from 'vitest';
import path from 'node:path';
import type { MadePlan } from '../../src/run/make-plan.ts';
import type { Project } from '../../src/model/config/project.ts';
import { spaceFindings } from '../../src/run/disk-space.ts';
import { temporaryFolder } from '../support/folder.ts';

const petabyte = 1e15;

/** A plan that copies an object of a petabyte to a temporary folder, as far as the space that it needs is concerned. */
const planned = {
  plan: { pipelines: [{ steps: [{ kind: 'load', table: 't' }], estimates: {} }] },
  seen: [
    {
      pipeline: {
        place: { file: 'one.yaml', pointer: '' },
        tables: [{ name: 't', source: 's' }],
        sources: { s: { type: 's3', format: { type: 'parquet' } } },
        destinations: [],
      },
      outcome: {
        observation: {
          tables: { t: { fingerprint: { kind: 'objects', objects: { 'a.parquet': { size: petabyte } } } } },
        },
      },
    },
  ],
} as unknown as MadePlan;
const project = { limits: { parallel: 1, uploads: 1, serverJobs: 1 } } as unknown as Project;

function within(folder: string): void {
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('too little room in TMPDIR is an error before anything is loaded', async () => {
  const folder = await temporaryFolder();
  within(folder);
  expect(await spaceFindings(planned, project)).toMatchObject([
    {
      code: 'EXT3020',
      severity: 'error',
      message: expect.stringContaining(`are needed for a while in TMPDIR (${folder}), `) as string,
    },
  ]);
});

test('where TMPDIR is missing, the folder that takes its place is looked at and named', async () => {
  const missing = path.join(await temporaryFolder(), 'none');
  within(missing);
  expect(await spaceFindings(planned, project)).toMatchObject([
    {
      code: 'EXT3020',
      message: expect.stringContaining(` in /tmp, which takes the place of TMPDIR (${missing}), `) as string,
    },
  ]);
});
