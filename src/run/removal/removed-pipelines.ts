import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  findPipelineNames,
  type BlockedItem,
  type Configuration,
  type ReadFamily,
} from '../../config/index.ts';
import { familyOf, isItem } from '../../model/config/family.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { ForgottenPipeline, MissingItem, Plan } from '../../model/plan/plan.ts';
import type { ReadResult, StatePort, StoredRecord } from '../../model/ports/state-port.ts';
import type { Project } from '../../model/config/project.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { planDeletions, takenPlaces } from './deletions.ts';
import { missingItem } from './missing-item.ts';
import { diagnose } from '../diagnose.ts';
import type { RunContext } from '../context.ts';
import { staleError } from '../stale.ts';
import type { Ports } from '../open-ports.ts';

/**
 * Finds pipelines that were applied from the given folders and are no longer in any of their files. A pipeline whose
 * file has only moved to another folder of the project is not removed, although this run does not read that folder.
 */
export async function findRemoved(
  configuration: Configuration,
  world: Ports,
  context: RunContext,
): Promise<RemovedPipelines> {
  const { folders, pipelines, families, blocked, project } = configuration;
  const nothing: RemovedPipelines = { forgotten: [], missing: [], blocked: [] };
  if (folders.length + families.length === 0) return nothing;
  const { state } = world;
  const recorded = await state.list();
  const isRecorded = new Set(recorded);
  const known = new Set(pipelines.flatMap((pipeline) => namesOf(pipeline, isRecorded)));
  // If a family could not be read, its removed items are not known.
  const unclear = new Set(blocked.map(({ address }) => address));
  // An empty list deletes nothing: it is too often a mistake. A mistake in `moved:` deletes nothing either.
  for (const { name, addresses, onRemoved, unmoved } of families) {
    for (const address of unmoved) unclear.add(address);
    if (addresses.length === 0 && onRemoved === 'delete') unclear.add(name);
  }
  const listOf = new Map(
    families.map((one) => [`${one.name} ${fileInProject(one.place.file, project, context)}`, one]),
  );
  const turn = limitConcurrency(8);
  const candidates = recorded.filter(
    (address) => !known.has(address) && !unclear.has(address) && !unclear.has(familyOf(address)),
  );
  const records = await state.readMany(candidates);
  const candidatesFound = candidates.flatMap((address): Candidate[] => {
    const stored = readable(records.get(address), context);
    const file = stored?.record.file;
    if (stored === undefined || file === undefined) return [];
    const absolute = path.resolve(project.root, file);
    const list = isItem(address) ? listOf.get(`${familyOf(address)} ${file}`) : undefined;
    if (list === undefined && !folders.some((folder) => isBelow(absolute, folder))) return [];
    return [{ stored, file, list }];
  });
  if (candidatesFound.length === 0) return nothing;
  const isElsewhere = (file: string) => folders.every((folder) => !isBelow(file, folder));
  const elsewhere = await findPipelineNames(project.root, isElsewhere, world.unseen !== undefined);
  const removed = candidatesFound.filter(
    ({ stored, list }) => list !== undefined || !elsewhere.has(familyOf(stored.record.address)),
  );
  const today = { configuration, taken: takenPlaces(configuration) };
  const planned = await Promise.all(
    removed.map((one) => turn(() => planRemoval(one, today, world, context.signal))),
  );
  return {
    forgotten: planned.flatMap((one) => ('leaves' in one ? one : [])),
    missing: planned.flatMap((one) => ('problems' in one || 'leaves' in one ? [] : one)),
    blocked: planned.flatMap((one) => ('problems' in one ? one : [])),
  };
}

/** Returns the records that can be read. An unreadable one is no reason to leave out the others; it stays as it is. */
function readable(
  result: ReadResult | undefined,
  { notice }: Pick<RunContext, 'notice'>,
): StoredRecord | undefined {
  if (result === undefined || 'stored' in result) return result?.stored;
  const { error } = result;
  if (!(error instanceof RunError) || error.code !== 'EXT6002') throw error;
  const { code, message, hint } = error;
  const diagnostic = { code, severity: 'warning', message, ...(hint !== undefined && { hint }) } as const;
  notice({ type: 'finding', diagnostic });
  return undefined;
}

export interface RemovedPipelines {
  forgotten: readonly ForgottenPipeline[];
  /** Items whose folders are missing for less than a day. */
  missing: readonly MissingItem[];
  /** Items to delete that could not be inspected: they stay as they are. */
  blocked: readonly BlockedItem[];
}

interface Candidate {
  stored: StoredRecord;
  file: string;
  /** The list that no longer names it, if that could be read. */
  list: ReadFamily | undefined;
}

async function planRemoval(
  candidate: Candidate,
  today: { configuration: Configuration; taken: ReadonlyMap<string, string> },
  world: Ports,
  signal: AbortSignal,
): Promise<ForgottenPipeline | MissingItem | BlockedItem> {
  const { stored, list } = candidate;
  const base = forgotten(candidate, today.configuration.project);
  if (list?.onRemoved !== 'delete' || stored.record.made === undefined) return base;
  if (list.isOfFolders === true) {
    const found = missingItem(base, stored.record.missing, new Date());
    if (found !== undefined) return found;
  }
  try {
    return { ...base, ...(await planDeletions(stored.record, today, world, signal)) };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const { place } = list;
    return { address: base.address, place, tags: [], problems: [diagnose(error, { place })] };
  }
}

/** A removal of a saved plan, and why it is not to be done; undefined if it still is. */
export interface JudgedRemoval {
  removal: ForgottenPipeline;
  stale: RunError | undefined;
}

/** Compares the removals of a saved plan with the configuration and the records of now. */
export async function judgeRemovals(
  { forgotten: removed }: Plan,
  { pipelines, families, blocked, project }: Configuration,
  state: StatePort,
): Promise<readonly JudgedRemoval[]> {
  if (removed.length === 0) return [];
  const names = await findPipelineNames(project.root, () => true);
  const listed = new Set([...pipelines, ...blocked].map(({ address }) => address));
  const read = new Set(families.map(({ name }) => name));
  const judged: JudgedRemoval[] = [];
  for (const removal of removed) {
    const { address, record } = removal;
    const stored = await state.read(address);
    const family = familyOf(address);
    const isElsewhere = !read.has(family) && names.has(family);
    const isBack = listed.has(address) || listed.has(family) || (isElsewhere && !isItem(address));
    const list = families.find(({ name }) => name === family);
    const reason = isBack
      ? 'it is in the configuration again'
      : isElsewhere
        ? `for_each of ${family} is in another file than when it was planned`
        : stored?.version !== record
          ? 'it was applied or forgotten since'
          : otherFate(removal, stored, list);
    judged.push({ removal, stale: reason === undefined ? undefined : staleError(`${address}: ${reason}`) });
  }
  return judged;
}

/**
 * Returns the difference between the decision of the plan and the present `on_removed`, which decides again at apply
 * whether the output of an item is deleted.
 */
function otherFate(
  { address, deletes }: ForgottenPipeline,
  stored: StoredRecord,
  list: ReadFamily | undefined,
): string | undefined {
  const wasDeleted = deletes !== undefined;
  if (!isItem(address) || (list === undefined && !wasDeleted)) return undefined;
  if (list === undefined)
    return `for_each of ${familyOf(address)} was removed, which said on_removed: delete`;
  const isDeleted = list.onRemoved === 'delete' && stored.record.made !== undefined;
  if (isDeleted === wasDeleted) return undefined;
  return `on_removed of ${list.name} is ${list.onRemoved} now`;
}

/**
 * Returns the recorded names of a pipeline: without a record under its own name, it may have one under a name of
 * `moved:`.
 */
function namesOf({ address, moved }: Pipeline, recorded: ReadonlySet<string>): string[] {
  if (recorded.has(address)) return [address];
  return [address, ...moved.flatMap((move) => (move.kind === 'pipeline' ? move.from : []))];
}

/** A pipeline's file as a record keeps it: the same for every checkout of the project. */
export function fileInProject(file: string, { root }: Project, { cwd }: Pick<RunContext, 'cwd'>): string {
  return path.relative(root, path.resolve(cwd, file)).split(path.sep).join('/');
}

function forgotten({ stored, file, list }: Candidate, { root }: Project): ForgottenPipeline {
  const { record, version } = stored;
  const { address, extract, destinations } = record;
  const isStillThere = existsSync(path.resolve(root, file));
  return {
    address,
    file,
    record: version,
    because: list
      ? `for_each of ${file} no longer ${list.isOfFolders === true ? 'finds its folder' : 'lists it'}`
      : isStillThere
        ? `${file} no longer defines it`
        : `${file} was removed`,
    leaves: [...(extract.shown === undefined ? [] : [extract.shown]), ...Object.keys(destinations)],
  };
}

function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}
