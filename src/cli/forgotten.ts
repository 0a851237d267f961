import { existsSync } from 'node:fs';
import path from 'node:path';
import { findPipelineNames, type Configuration } from '../config/index.ts';
import { familyOf, isItem } from '../model/family.ts';
import { limitTo } from '../model/limit.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { ForgottenPipeline, Plan } from '../model/plan.ts';
import type { StatePort, StoredRecord } from '../model/ports.ts';
import type { Project } from '../model/project.ts';
import { RunError } from '../model/run-error.ts';
import type { Env } from './env.ts';

/**
 * What was applied from the folders that were given and is in none of their files any more. A pipeline whose file has
 * only gone to another folder of the project is not gone, although this run does not read that folder.
 */
export async function findForgotten(
  { folders, pipelines, families, blocked, project }: Configuration,
  state: StatePort,
  env: Pick<Env, 'cwd'>,
): Promise<ForgottenPipeline[]> {
  if (folders.length + families.length === 0) return [];
  const recorded = await state.list();
  const known = new Set(pipelines.flatMap((pipeline) => namesOf(pipeline, recorded)));
  // Of a family that could not be read nobody knows what is gone.
  const unclear = new Set(blocked.map(({ address }) => address));
  const fileOf = new Map(families.map(({ name, place }) => [name, fileInProject(place.file, project, env)]));
  const turn = limitTo(8);
  const candidates = recorded.filter(
    (address) => !known.has(address) && !unclear.has(address) && !unclear.has(familyOf(address)),
  );
  const found = await Promise.all(
    candidates.map((address) =>
      turn(async (): Promise<ForgottenPipeline[]> => {
        const stored = await state.read(address);
        const file = stored?.record.file;
        if (stored === undefined || file === undefined) return [];
        const absolute = path.resolve(project.root, file);
        const isListed = isItem(address) && fileOf.get(familyOf(address)) === file;
        if (!isListed && !folders.some((folder) => isBelow(absolute, folder))) return [];
        return [forgotten(stored, file, project, isListed)];
      }),
    ),
  );
  const gone = found.flat();
  if (gone.length === 0) return [];
  const elsewhere = await findPipelineNames(project.root, (file) =>
    folders.every((folder) => !isBelow(file, folder)),
  );
  return gone.filter(({ address }) => !elsewhere.has(familyOf(address)));
}

/** What a saved plan will forget; fails if that is not so any more. */
export async function forgottenIn(
  { forgotten: gone }: Plan,
  { pipelines, families, blocked, project }: Configuration,
  state: StatePort,
): Promise<readonly ForgottenPipeline[]> {
  if (gone.length === 0) return gone;
  const names = await findPipelineNames(project.root, () => true);
  const listed = new Set([...pipelines, ...blocked].map(({ address }) => address));
  const read = new Set(families.map(({ name }) => name));
  for (const { address, record } of gone) {
    const stored = await state.read(address);
    const family = familyOf(address);
    const isBack = listed.has(address) || listed.has(family) || (!read.has(family) && names.has(family));
    const reason = isBack
      ? 'it is in the configuration again'
      : stored?.version !== record
        ? 'it was applied or forgotten since'
        : undefined;
    if (reason === undefined) continue;
    throw new RunError('EXT6104', `the plan is stale: ${address}: ${reason}`, {
      hint: 'nothing was done; plan again',
    });
  }
  return gone;
}

/** A pipeline that has nothing recorded under its name may have it under one that `moved:` says. */
function namesOf({ address, moved }: Pipeline, recorded: readonly string[]): string[] {
  if (recorded.includes(address)) return [address];
  return [address, ...moved.flatMap((move) => (move.kind === 'pipeline' ? move.from : []))];
}

/** A pipeline's file as a record keeps it: the same for every checkout of the project. */
export function fileInProject(file: string, { root }: Project, { cwd }: Pick<Env, 'cwd'>): string {
  return path.relative(root, path.resolve(cwd, file)).split(path.sep).join('/');
}

function forgotten(
  { record: { address, extract, destinations }, version }: StoredRecord,
  file: string,
  { root }: Project,
  isListed: boolean,
): ForgottenPipeline {
  const still = existsSync(path.resolve(root, file));
  return {
    address,
    file,
    record: version,
    because: isListed
      ? `for_each of ${file} does not list it any more`
      : still
        ? `${file} does not define it any more`
        : `${file} is gone`,
    leaves: [...(extract.shown === undefined ? [] : [extract.shown]), ...Object.keys(destinations)],
  };
}

function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}
