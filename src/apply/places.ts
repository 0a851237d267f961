import { semaphore, type Semaphore } from '../model/base/limit.ts';
import type { Step } from '../model/plan/step.ts';

/** How much an apply does at once, over all pipelines. */
export interface ApplyLimits {
  /** Tables that are read. */
  parallel: number;
  /** Extracts that are built: from the snapshot until the file, or its package, is at its place. */
  builds: number;
  /** Files that are sent or copied to destinations. */
  uploads: number;
  /** Publications that are with a Tableau server: sent, or waiting for its job. */
  serverJobs: number;
}

/**
 * The places that pipelines and their steps take, one kind for each resource, so that none is held by waiting for
 * another one. Where two are held at once, they were taken in this order: pipeline, build, read; or pipeline, server
 * job, upload. So holders never wait in a circle.
 */
export interface Places {
  /**
   * Taken before the lock. There is room for about as many as can do something; more would only hold locks and finished
   * extracts that no destination has room for. With one place of each kind, one pipeline runs after the other.
   */
  pipeline: Semaphore;
  build: Semaphore;
  read: Semaphore;
  upload: Semaphore;
  serverJob: Semaphore;
}

/** The place that a step takes while it is performed. */
export type StepPlace = 'read' | 'upload';

export function openPlaces({ parallel, builds, uploads, serverJobs }: ApplyLimits): Places {
  return {
    pipeline: semaphore(pipelinesAtOnce({ builds, uploads, serverJobs })),
    build: semaphore(builds),
    read: semaphore(parallel),
    upload: semaphore(uploads),
    serverJob: semaphore(serverJobs),
  };
}

export function pipelinesAtOnce({
  builds,
  uploads,
  serverJobs,
}: Pick<ApplyLimits, 'builds' | 'uploads' | 'serverJobs'>): number {
  return builds + uploads + serverJobs - 2;
}

/** Returns true for steps during which the pipeline has an unfinished extract, or is about to. */
export function isBuilding({ kind }: Step): boolean {
  return building.has(kind);
}

const building: ReadonlySet<Step['kind']> = new Set([
  'snapshot',
  'create',
  'load',
  'change',
  'check',
  'finish',
  'package',
]);
