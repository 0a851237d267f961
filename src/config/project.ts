import { dirname, join, resolve } from 'node:path';
import type { Diagnostic, Place } from '../model/errors/diagnostic.ts';
import { child } from '../model/errors/diagnostic.ts';
import type { Limits, Policy, Project, StateSettings } from '../model/config/project.ts';
import type * as Written from '../model/config/written.gen.ts';
import { bytesOf } from './values/amounts.ts';
import { checkPolicy, resolvePolicy } from './policy.ts';
import { codes } from './codes.ts';
import { interpolate } from './references/interpolate.ts';
import { isPlaceholder } from './references/reference-text.ts';
import type { Substitution } from './references/substitution.ts';
import type { LoadedFile } from './read/loaded-file.ts';
import { secretsIn } from './references/passwords.ts';
import { problem } from './problem.ts';
import { realPathOf, realPathToBe } from './read/readable.ts';
import { resolveAccess } from './resolve/s3.ts';
import { resolveTls } from './resolve/sources.ts';
import { checkDefaultLoad } from './rules/load-modes.ts';
import { checkDefaultZone } from './rules/values.ts';
import { wholeNumber } from './rules/numbers.ts';
import { checkAccess } from './rules/s3.ts';
import { urlProblem } from './rules/origins.ts';
import { checkShape } from './schema/check-schema.ts';
import {
  readablePaths,
  refuseToWrite,
  type ReadableSettings,
  type RefusePath,
} from '../model/config/readable-paths.ts';
import { foreign } from '../model/errors/secrets.ts';
import { sharedSettings, type Shared } from './drafts/shared.ts';

/** The content of extracts.yaml, for the program and for the pipelines; without the file, the defaults. */
export interface ReadProject {
  project: Project;
  shared: Shared;
  /** The substitution, with the limits of the policy. */
  substitution: Substitution;
}

/** The location of the project, and the file whose policy replaces the project's own. */
export interface ProjectFiles {
  cwd: string;
  project: LoadedFile | undefined;
  policy: LoadedFile | undefined;
}

/**
 * Says which of the files of the configuration are not read. The policy's `allowed_paths` need not name those in the
 * project; without a policy and in a trusted reading they may be anywhere.
 */
export function refusedConfiguration(
  files: ProjectFiles,
  surroundings: Omit<Substitution, 'policy' | 'readable' | 'refusePath' | 'report' | 'secretNames' | 'skip'>,
): RefusePath {
  // Problems of the project are reported when it is read in full.
  const silent = { report: () => undefined, secretNames: { reason: () => undefined }, skip: () => undefined };
  const { readable } = readProject(files, { ...surroundings, ...silent }).substitution;
  const { root, allowed } = readable;
  return readablePaths({ ...readable, ...(allowed && { allowed: [...allowed, root] }) });
}

export function readProject(
  { cwd, project, policy: foreignPolicy }: ProjectFiles,
  unrestricted: Omit<Substitution, 'policy' | 'readable' | 'refusePath'>,
): ReadProject {
  const root = project === undefined ? cwd : dirname(project.absolute);
  const written = soundProject(project, unrestricted.report);
  const policy =
    foreignPolicy === undefined
      ? readPolicy(project?.file, written, root, unrestricted)
      : readPolicy(
          foreignPolicy.file,
          soundProject(foreignPolicy, unrestricted.report, { needsPolicy: true }),
          root,
          unrestricted,
        );
  const readable: ReadableSettings = {
    root: realPathOf(root),
    ...(policy.allowedPaths && { allowed: policy.allowedPaths }),
    ...(unrestricted.untrusted === true && { onlyProject: true }),
  };
  const refusePath = readablePaths(readable);
  const substitution: Substitution = { ...unrestricted, policy, readable, refusePath };
  if (project?.value === undefined || written === undefined) {
    const shared = sharedSettings(root, undefined, substitution);
    return { project: resolveProject(root, policy), shared, substitution };
  }
  const { file, value } = project;
  const place: Place = { file, pointer: '' };
  const settings = readSettings(written, place, substitution);
  const names = (typeof value === 'object' && value !== null ? value : {}) as Written.Project;
  return {
    project: resolveProject(root, policy, settings, child(place, 'state')),
    shared: sharedSettings(root, { file, sound: written, names }, substitution),
    substitution,
  };
}

function soundProject(
  loaded: LoadedFile | undefined,
  report: Substitution['report'],
  { needsPolicy = false } = {},
): Written.Project | undefined {
  if (loaded?.value === undefined) return undefined;
  const { file, value } = loaded;
  const { diagnostics, sound } = checkShape('project', file, value);
  diagnostics.forEach(report);
  const written = (sound ?? { version: 1 }) as Written.Project;
  if (needsPolicy && written.policy === undefined) {
    const message = `${file} has no policy: nothing is restricted`;
    report({ code: codes.policyFile, severity: 'warning', message, place: { file, pointer: '' } });
  }
  return written;
}

/** Reads the policy, which comes first: it limits the references of everything else. */
function readPolicy(
  file: string | undefined,
  written: Written.Project | undefined,
  root: string,
  unrestricted: Omit<Substitution, 'policy' | 'readable' | 'refusePath'>,
): Policy {
  if (file === undefined || written?.policy === undefined) return {};
  const place: Place = { file, pointer: '/policy' };
  const readable = { root };
  const substitution = { ...unrestricted, readable, refusePath: readablePaths(readable) };
  const policy = interpolate(written.policy, place, substitution) as Written.Policy;
  for (const found of checkPolicy(policy, place)) unrestricted.report(found);
  return resolvePolicy(policy);
}

function readSettings(written: Written.Project, place: Place, substitution: Substitution): Settings {
  const settings: Settings = {
    ...(written.state && {
      state: interpolate(written.state, child(place, 'state'), substitution) as Written.State,
    }),
    ...(written.limits && {
      limits: interpolate(written.limits, child(place, 'limits'), substitution) as Written.Limits,
    }),
  };
  secretsIn(settings.state, child(place, 'state')).forEach(substitution.registerSecret);
  const found = [
    ...checkState(settings.state, child(place, 'state'), substitution.readable.root),
    ...checkLimits(settings.limits, child(place, 'limits')),
    ...checkDefaultLoad(written.defaults, child(place, 'defaults')),
    ...checkDefaultZone(written.defaults, child(place, 'defaults')),
  ];
  found.forEach(substitution.report);
  return settings;
}

type Settings = Pick<Written.Project, 'state' | 'limits'>;

function* checkLimits(limits: Written.Limits | undefined, place: Place): Iterable<Diagnostic> {
  for (const key of ['parallel', 'builds', 'uploads', 'server_jobs', 'publish_per_hour'] as const)
    yield* wholeNumber(limits?.[key], child(place, key), 1);
  yield* wholeNumber(limits?.connections, child(place, 'connections'), 2);
  yield* amountOfMemory(limits?.memory, child(place, 'memory'));
}

/** The least that the engine can be given: it takes whole MiB. */
const leastMemory = 2 ** 20;

function* amountOfMemory(memory: Written.Limits['memory'], place: Place): Iterable<Diagnostic> {
  if (memory === undefined || (typeof memory === 'string' && isPlaceholder(memory))) return;
  const bytes = typeof memory === 'string' ? bytesOf(memory) : memory;
  if (bytes !== undefined && bytes >= leastMemory) return;
  const written = foreign(String(memory));
  const message =
    bytes === undefined
      ? `"${written}" is no amount of memory`
      : `${written} is less memory than the engine can be given, which is 1MiB`;
  yield problem(codes.notANumber, message, place, {
    hint: 'for example 4GiB, 512MiB, 2GB, or a number of bytes',
  });
}

function* checkState(state: Written.State | undefined, place: Place, root: string): Iterable<Diagnostic> {
  if (state?.type === 's3') yield* checkAccess(state, place);
  if (state?.type === 'postgres') yield* urlProblem(state.url, child(place, 'url'));
  if (state?.type !== 'file' || isPlaceholder(state.path)) return;
  const reason = refuseToWrite(realPathToBe(resolve(root, state.path)));
  if (reason === undefined) return;
  const hint = { hint: 'write it elsewhere' };
  yield problem(codes.pathNotAllowed, `${state.path} is not written: ${reason}`, child(place, 'path'), hint);
}

function resolveProject(
  root: string,
  policy: Policy,
  { state, limits }: Settings = {},
  place?: Place,
): Project {
  return {
    root,
    state: resolveState(root, state, place),
    limits: resolveLimits(limits),
    policy,
  };
}

function resolveState(
  root: string,
  state: Written.State | undefined,
  place: Place | undefined,
): StateSettings {
  if (state === undefined || place === undefined)
    return { type: 'file', path: join(root, '.extracts', 'state'), isDefault: true };
  if (state.type === 'file') return { type: 'file', path: resolve(root, state.path) };
  if (state.type === 'postgres') {
    const { url, schema = 'extracts', ssl } = state;
    return { type: 'postgres', place, url, schema, ...(ssl && { ssl: resolveTls(ssl, root) }) };
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

function resolveLimits(written: Written.Limits = {}): Limits {
  const { memory } = written;
  const bytes = typeof memory === 'string' ? bytesOf(memory) : memory;
  const builds = amountOf(written.builds, 1, undefined);
  const publishPerHour = amountOf(written.publish_per_hour, 1, undefined);
  return {
    parallel: amountOf(written.parallel, 1, 4),
    ...(builds !== undefined && { builds }),
    uploads: amountOf(written.uploads, 1, 4),
    serverJobs: amountOf(written.server_jobs, 1, 20),
    ...(publishPerHour !== undefined && { publishPerHour }),
    connections: amountOf(written.connections, 2, 10),
    ...(bytes !== undefined && { memory: bytes }),
  };
}

/** Where the number is wrong, which has been reported, the default takes its place. */
function amountOf<Default>(
  written: number | string | undefined,
  least: number,
  byDefault: Default,
): number | Default {
  const amount = Number(written);
  return amount >= least ? amount : byDefault;
}
