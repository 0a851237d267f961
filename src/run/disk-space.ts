import { stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { ApplyLimits } from '../apply/places.ts';
import { temporaryParent } from '../disk/temporary.ts';
import { bytes } from '../model/base/numbers.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { PipelinePlan } from '../model/plan/plan.ts';
import type { Project } from '../model/config/project.ts';
import { limitsOfApply } from './limits-of-apply.ts';
import type { MadePlan } from './make-plan.ts';
import type { Seen } from './observe/observe-pipeline.ts';

interface Space {
  value: number;
  /** The part of it that is no estimate: as much as the last time, or objects of a known size. */
  certain: number;
}

/** The space that one pipeline needs in one folder. */
interface Need extends Space {
  folder: string;
  /** The name of the folder in messages. */
  shown: string;
  /** It is needed when the extract is delivered, not while it is built. */
  isCopy?: true;
}

/** The space that one pipeline needs on one disk: while it is built, and while it is delivered. */
interface DiskNeed {
  shown: string;
  pipeline: Pipeline;
  built: Space;
  copied: Space;
}

/**
 * Returns findings about disk space for everything that is written at once: the extract, its package, each file that is
 * delivered, and in TMPDIR, or what takes its place, the objects that hyperd needs as files. As many of the largest
 * pipelines count as are built and as are delivered at once. Too little room for certain amounts is an error; estimates
 * of new data can be far off, for a query most of all, and only warn.
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
      here.set(dev, withNeed(here.get(dev) ?? noNeed(need, one.pipeline), need));
      if (!disks.has(dev)) disks.set(dev, { free: await freeBytes(folder), needs: [] });
    }
    for (const [dev, need] of here) disks.get(dev)?.needs.push(need);
  }
  return [...disks.values()].flatMap((disk) => findingFor(disk, limitsOfApply(limits)));
}

const noNeed = ({ shown }: Need, pipeline: Pipeline): DiskNeed => ({
  shown,
  pipeline,
  built: { value: 0, certain: 0 },
  copied: { value: 0, certain: 0 },
});

function withNeed(known: DiskNeed, need: Need): DiskNeed {
  const part = need.isCopy === true ? 'copied' : 'built';
  return { ...known, [part]: sumOf([known[part], need]) };
}

const sumOf = (spaces: readonly Space[]): Space => ({
  value: spaces.reduce((sum, { value }) => sum + value, 0),
  certain: spaces.reduce((sum, { certain }) => sum + certain, 0),
});

function findingFor(
  { free, needs }: { free: number; needs: readonly DiskNeed[] },
  { builds, uploads }: Pick<ApplyLimits, 'builds' | 'uploads'>,
): Diagnostic[] {
  const built = largestOf(needs, 'built', builds);
  const copied = largestOf(needs, 'copied', uploads);
  const needed = sumOf([...built.map((need) => need.built), ...copied.map((need) => need.copied)]);
  const [first = copied[0]] = built;
  if (first === undefined || needed.value <= free) return [];
  return [
    {
      code: 'EXT3020',
      severity: needed.certain > free ? 'error' : 'warning',
      message: `about ${bytes(needed.value)} are needed for a while ${first.shown}, ${bytes(free)} are free`,
      hint: remedyFor(Math.max(built.length, copied.length)),
      place: first.pipeline.place,
    },
  ];
}

function largestOf(needs: readonly DiskNeed[], part: 'built' | 'copied', atOnce: number): DiskNeed[] {
  const some = needs.filter((need) => need[part].value > 0);
  return some.toSorted((a, b) => b[part].value - a[part].value).slice(0, atOnce);
}

/** One pipeline alone is not helped by building one after the other. */
function remedyFor(atOnce: number): string {
  return atOnce > 1
    ? 'make room, or set `limits: {builds: 1, uploads: 1}` so that one extract is built and delivered after the other'
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
    ...copies.map((destination) => ({
      ...besides(destination.path, destination.shown, each, lastOfEach),
      isCopy: true as const,
    })),
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
