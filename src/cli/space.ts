import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { bytes } from '../model/numbers.ts';
import type { PipelinePlan } from '../model/plan.ts';
import type { Project } from '../model/project.ts';
import type { MadePlan } from './make-plan.ts';

/**
 * Whether the disk that the staged extracts are on has room for what will be written at once: as many of the
 * largest pipelines as run side by side. No room for extracts as large as the last ones is an error;
 * estimates of what is new can be far off, for a query most of all, and only warn.
 */
export async function spaceFindings({ plan, seen }: MadePlan, { limits }: Project): Promise<Diagnostic[]> {
  const needs = plan.pipelines.flatMap((planned, index) => {
    const pipeline = seen[index]?.pipeline;
    const { space } = planned.estimates;
    if (pipeline === undefined || space === undefined || planned.blockedBy !== undefined) return [];
    const last = builds(planned) ? (seen[index]?.applied?.extract.size ?? 0) : 0;
    return [{ pipeline, value: space.value, last, folder: path.dirname(pipeline.extract.file) }];
  });
  const disks = new Map<number, { free: number; needs: typeof needs }>();
  for (const need of needs) {
    const folder = await nearestFolder(need.folder);
    const { dev } = await stat(folder);
    const disk = disks.get(dev) ?? { free: await freeBytes(folder), needs: [] };
    disk.needs.push(need);
    disks.set(dev, disk);
  }
  return [...disks.values()].flatMap(({ free, needs: own }): Diagnostic[] => {
    const largest = own.toSorted((a, b) => b.value - a.value).slice(0, limits.parallel);
    const needed = largest.reduce((sum, { value }) => sum + value, 0);
    const certain = largest.reduce((sum, { last }) => sum + last, 0);
    const [first] = largest;
    if (first === undefined || needed <= free) return [];
    return [
      {
        code: 'EXT3020',
        severity: certain > free ? 'error' : 'warning',
        message: `about ${bytes(needed)} are needed for a while beside ${first.pipeline.extract.shown}, ${bytes(free)} are free`,
        hint: 'make room, or set `limits: {parallel: 1}` so that one extract is built after the other',
        place: first.pipeline.place,
      },
    ];
  });
}

const builds = ({ action }: PipelinePlan) => action === 'create' || action === 'rebuild';

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The folder itself may not be made yet. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true ? folder : await nearestFolder(path.dirname(folder));
}
