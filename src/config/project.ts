import { dirname, join, resolve } from 'node:path';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { child } from '../model/diagnostic.ts';
import type { Limits, Project, StateSettings } from '../model/project.ts';
import type * as Written from '../model/written.gen.ts';
import { bytesOf } from './amounts.ts';
import { checkPolicy, resolvePolicy } from './policy.ts';
import { codes } from './codes.ts';
import { interpolate, isPlaceholder, type Substitution } from './interpolate.ts';
import type { LoadedFile } from './load.ts';
import { keysOf } from './passwords.ts';
import { problem } from './problem.ts';
import { resolveAccess } from './resolve/s3.ts';
import { checkDefaultLoad } from './rules/load-modes.ts';
import { checkDefaultZone } from './rules/values.ts';
import { wholeNumber } from './rules/numbers.ts';
import { checkAccess } from './rules/s3.ts';
import { checkShape } from './schema.ts';
import { sharedSettings, type Shared } from './shared.ts';

/** What extracts.yaml says, for the program and for the pipelines; without the file, the defaults. */
export function readProject(
  loaded: LoadedFile | undefined,
  cwd: string,
  substitution: Substitution,
): { project: Project; shared: Shared } {
  const root = loaded === undefined ? cwd : dirname(loaded.absolute);
  if (loaded?.value === undefined) {
    return { project: resolveProject(root), shared: sharedSettings(root, undefined, substitution) };
  }
  const { file, value } = loaded;
  const { diagnostics, sound } = checkShape('project', file, value);
  for (const diagnostic of diagnostics) substitution.report(diagnostic);
  const written = (sound ?? { version: 1 }) as Written.Project;
  const place: Place = { file, pointer: '' };
  const settings: Settings = {
    ...(written.state && {
      state: interpolate(written.state, child(place, 'state'), substitution) as Written.State,
    }),
    ...(written.policy && {
      policy: interpolate(written.policy, child(place, 'policy'), substitution) as Written.Policy,
    }),
    ...(written.limits && {
      limits: interpolate(written.limits, child(place, 'limits'), substitution) as Written.Limits,
    }),
  };
  if (settings.state?.type === 's3') keysOf(settings.state).forEach(substitution.registerSecret);
  const found = [
    ...checkState(settings.state, child(place, 'state')),
    ...checkLimits(settings.limits, child(place, 'limits')),
    ...checkPolicy(settings.policy, child(place, 'policy')),
    ...checkDefaultLoad(written.defaults, child(place, 'defaults')),
    ...checkDefaultZone(written.defaults, child(place, 'defaults')),
  ];
  found.forEach(substitution.report);
  const names = (typeof value === 'object' && value !== null ? value : {}) as Written.Project;
  return {
    project: resolveProject(root, settings, child(place, 'state')),
    shared: sharedSettings(root, { file, sound: written, names }, substitution),
  };
}

type Settings = Pick<Written.Project, 'state' | 'limits' | 'policy'>;

function* checkLimits(limits: Written.Limits | undefined, place: Place): Iterable<Diagnostic> {
  yield* wholeNumber(limits?.parallel, child(place, 'parallel'), 1);
  yield* wholeNumber(limits?.connections, child(place, 'connections'), 2);
  const { memory } = limits ?? {};
  if (typeof memory !== 'string' || isPlaceholder(memory) || bytesOf(memory) !== undefined) return;
  const hint = { hint: 'for example 4GiB, 512MiB, 2GB, or a number of bytes' };
  yield problem(codes.notANumber, `"${memory}" is no amount of memory`, child(place, 'memory'), hint);
}

function* checkState(state: Written.State | undefined, place: Place): Iterable<Diagnostic> {
  if (state?.type === 's3') yield* checkAccess(state, place);
}

function resolveProject(root: string, { state, limits, policy }: Settings = {}, place?: Place): Project {
  return {
    root,
    state: resolveState(root, state, place),
    limits: resolveLimits(limits),
    policy: resolvePolicy(policy),
  };
}

function resolveState(
  root: string,
  state: Written.State | undefined,
  place: Place | undefined,
): StateSettings {
  if (state?.type !== 's3' || place === undefined) {
    return {
      type: 'file',
      path: resolve(root, state?.type === 'file' ? state.path : join('.extracts', 'state')),
    };
  }
  const { bucket, prefix = 'extracts/state' } = state;
  return {
    type: 's3',
    place,
    bucket,
    prefix: prefix.replace(/^\/+|\/+$/g, ''),
    access: resolveAccess(state),
  };
}

function resolveLimits({ parallel = 4, connections = 10, memory }: Written.Limits = {}): Limits {
  const bytes = typeof memory === 'string' ? bytesOf(memory) : memory;
  const tables = Number(parallel);
  const most = Number(connections);
  return {
    parallel: tables >= 1 ? tables : 4,
    connections: most >= 2 ? most : 10,
    ...(bytes !== undefined && { memory: bytes }),
  };
}
