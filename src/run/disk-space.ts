import { stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { temporaryParent } from '../disk/temporary.ts';
import { bytes } from '../model/base/numbers.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { PipelinePlan } from '../model/plan/plan.ts';
import type { Project } from '../model/config/project.ts';
import type { MadePlan } from './make-plan.ts';
import type { Seen } from './observe/observe-pipeline.ts';

/** The space that one pipeline needs in one folder. */
interface Need {
  folder: string;
  /** The name of the folder in messages. */
  shown: string;
  value: number;
  /** The part of it that is no estimate: as much as the last time, or objects of a known size. */
  certain: number;
}

/** The space that one pipeline needs on one disk. */
interface DiskNeed extends Need {
  pipeline: Pipeline;
}

/**
 * Returns findings about disk space for everything that is written at once: the extract, its package, each file that is
 * delivered, and in TMPDIR, or what takes its place, the objects that hyperd needs as files. As many of the largest
 * pipelines count as run in parallel. Too little room for certain amounts is an error; estimates of new data can be far
 * off, for a query most of all, and only warn.
 */
export async function spaceFindings({ plan, seen }: MadePlan, { limits }: Project): Promise<Diagnostic[]> {
  const temporary = await temporaryParent();
  const disks = new Map<number, { free: number; needs: DiskNeed[] }>();
  for (const [index, planned] of plan.pipelines.entries()) {
    const one = seen[index];
    if (one === undefined || planned.blockedBy !== undefined) continue;
    const here = new Map<number, DiskNeed>();
    for (const need of needsOf(planned, one, temporary)) {
      const folder = await nearestFolder(need.folder);
      const { dev } = await stat(folder);
      const known = here.get(dev) ?? { ...need, pipeline: one.pipeline, value: 0, certain: 0 };
      const [value, certain] = [known.value + need.value, known.certain + need.certain];
      here.set(dev, { ...known, value, certain });
      if (!disks.has(dev)) disks.set(dev, { free: await freeBytes(folder), needs: [] });
    }
    for (const [dev, need] of here) disks.get(dev)?.needs.push(need);
  }
  return [...disks.values()].flatMap((disk) => findingFor(disk, limits.parallel));
}

function findingFor({ free, needs }: { free: number; needs: DiskNeed[] }, parallel: number): Diagnostic[] {
  const largest = needs.toSorted((a, b) => b.value - a.value).slice(0, parallel);
  const needed = largest.reduce((sum, { value }) => sum + value, 0);
  const certain = largest.reduce((sum, need) => sum + need.certain, 0);
  const [first] = largest;
  if (first === undefined || needed <= free) return [];
  return [
    {
      code: 'EXT3020',
      severity: certain > free ? 'error' : 'warning',
      message: `about ${bytes(needed)} are needed for a while ${first.shown}, ${bytes(free)} are free`,
      hint: remedyFor(largest),
      place: first.pipeline.place,
    },
  ];
}

/** One pipeline alone is not helped by building one after the other. */
function remedyFor({ length }: readonly DiskNeed[]): string {
  return length > 1
    ? 'make room, or set `limits: {parallel: 1}` so that one extract is built after the other'
    : 'make room, or name a folder on another disk';
}

function needsOf(planned: PipelinePlan, one: Seen, temporary: string): Need[] {
  const { pipeline, applied } = one;
  const { steps, estimates } = planned;
  const builds = steps.some(({ kind }) => kind === 'create');
  const packages = pipeline.template !== undefined && steps.some(({ kind }) => kind === 'package');
  const copies = steps.flatMap((step) => {
    const destination =
      step.kind === 'deliver' && step.details !== true ? pipeline.destinations[step.destination] : undefined;
    return destination?.type === 'file' ? [destination] : [];
  });
  const space = estimates.space?.value ?? 0;
  const extract = builds ? Math.min(space, (estimates.extract ?? estimates.bytes)?.value ?? space) : 0;
  const others = copies.length + (packages ? 1 : 0);
  const each = others === 0 ? 0 : (space - extract) / others;
  const last = applied?.extract.size ?? 0;
  const lastOfEach = pipeline.template === undefined ? last : (applied?.template?.size ?? last);
  const besides = (file: string, shown: string, value: number, certain: number): Need => ({
    folder: path.dirname(file),
    shown: `beside ${shown}`,
    value,
    certain,
  });
  return [
    ...(builds ? [besides(pipeline.extract.file, pipeline.extract.shown, extract, last)] : []),
    ...(packages && pipeline.template !== undefined
      ? [besides(pipeline.template.staged, pipeline.template.shown, each, lastOfEach)]
      : []),
    ...copies.map((destination) => besides(destination.path, destination.shown, each, lastOfEach)),
    ...staged(planned, one, temporary),
  ].filter(({ value }) => value > 0);
}

/** Parquet objects are copied to TMPDIR one after the other, tables beside each other. */
function staged({ steps }: PipelinePlan, { pipeline, outcome }: Seen, folder: string): Need[] {
  if (!('observation' in outcome)) return [];
  const sizes = steps.flatMap((step) => {
    if (step.kind !== 'load' && step.kind !== 'change') return [];
    const table = pipeline.tables.find(({ name }) => name === step.table);
    const source = table && getOwn(pipeline.sources, table.source);
    const fingerprint = getOwn(outcome.observation.tables, step.table)?.fingerprint;
    if (source?.type !== 's3' || source.format.type !== 'parquet' || fingerprint?.kind !== 'objects')
      return [];
    const largest = Math.max(0, ...Object.values(fingerprint.objects).map(({ size }) => size));
    // A change reads only the new objects, and they may be smaller.
    return [{ value: largest, certain: step.kind === 'load' ? largest : 0 }];
  });
  const sum = (part: 'value' | 'certain') => sizes.reduce((total, size) => total + size[part], 0);
  const shown =
    folder === tmpdir()
      ? `in TMPDIR (${folder})`
      : `in ${folder}, which takes the place of TMPDIR (${tmpdir()})`;
  return [{ folder, shown, value: sum('value'), certain: sum('certain') }];
}

/** A file system without a size of its own, such as /proc, sets no limit. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

/** Returns the nearest existing folder: the folder itself may not have been created yet. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true ? folder : await nearestFolder(path.dirname(folder));
}
