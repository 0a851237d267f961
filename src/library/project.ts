import type { Configuration } from '../config/index.ts';
import { hasErrors } from '../model/errors/diagnostic.ts';
import type { RunContext } from '../run/context.ts';
import { openPorts, type OpenPortsOptions, type Ports } from '../run/open-ports.ts';
import { completeFamilies, narrowed, readConfiguration } from '../run/read-configuration.ts';
import { locatedDiagnostics, type LocatedDiagnostic } from '../run/report-document.ts';
import { ConfigurationError } from './configuration-error.ts';
import {
  contextOf,
  decisionsOf,
  selectionOf,
  signalOf,
  type PlanOptions,
  type ReadOptions,
} from './options.ts';
import { literalSelection } from '../run/select/literal.ts';

/** Pipelines that were read and are valid; an argument of `plan` and `apply`. Only `readProject` makes one. */
export interface Project {
  /** The pipelines, in the order of the files. A family of `for_each` whose items come from a source is one of them. */
  readonly pipelines: readonly {
    readonly address: string;
    readonly file: string;
    readonly tags: readonly string[];
  }[];
  /** A plan document, which has pipelines too, is no project. */
  readonly seal?: never;
}

/** The outcome of `readProject`. Warnings and notes come with a project, too. */
export type ReadProject =
  | { ok: true; project: Project; diagnostics: readonly LocatedDiagnostic[] }
  | { ok: false; diagnostics: readonly LocatedDiagnostic[] };

/** A project with everything that its face does not show. */
export interface OpenableProject {
  read: Configuration;
  context: RunContext;
  /** The selection of the reading. */
  select?: readonly string[] | undefined;
}

const opened = new WeakMap<Project, OpenableProject>();

/**
 * Reads pipeline files, or all files of folders, with the project file above them, and checks them. No source, server or
 * engine is asked. Wrong files are no exception: all of their problems are returned, each with file, line and column.
 */
export async function readProject(
  paths: string | readonly string[],
  options: ReadOptions = {},
): Promise<ReadProject> {
  const context = contextOf(options);
  const { policy, select } = options;
  const wanted = literalSelection(select === undefined ? {} : { select });
  const settings = {
    unsetVariables: 'error',
    ...(policy !== undefined && { policy }),
    ...(wanted && { wanted }),
  } as const;
  const read = await readConfiguration(typeof paths === 'string' ? [paths] : paths, settings, context);
  const diagnostics = locatedDiagnostics(read.diagnostics, read);
  if (hasErrors(read.diagnostics)) return { ok: false, diagnostics };
  const project: Project = {
    pipelines: read.pipelines.map(({ address, place, tags }) => ({ address, file: place.file, tags })),
  };
  opened.set(project, { read, context, select });
  return { ok: true, project, diagnostics };
}

/** Returns what a project was read from. Its own signal was for the reading: each call has another. */
export function openableProject(project: Project, signal: AbortSignal | undefined): OpenableProject {
  const known = opened.get(project);
  if (known === undefined) throw new TypeError('this is no project of readProject');
  return { ...known, context: { ...known.context, signal: signalOf(signal) } };
}

/** Returns the options with the selection of the reading, unless they have one of their own. */
export function selecting<Options extends PlanOptions>(
  { select }: OpenableProject,
  options: Options,
): Options {
  return select === undefined || options.select !== undefined ? options : { ...options, select };
}

/**
 * Opens the ports of a project for some work, and closes them after it. `whole` has all items of its families, or those that
 * are selected one by one.
 */
export async function withPorts<Result>(
  { read, context }: OpenableProject,
  { plan, ...options }: OpenPortsOptions & { plan: PlanOptions },
  work: (whole: Configuration, world: Ports) => Promise<Result>,
): Promise<Result> {
  const world = openPorts(read.project, context, options);
  try {
    const wanted = literalSelection({ ...selectionOf(plan), ...decisionsOf(plan) });
    const whole = await completeFamilies(narrowed(read, wanted), world, context.signal);
    if (hasErrors(whole.diagnostics)) throw new ConfigurationError(whole);
    return await work(whole, world);
  } finally {
    await world.close();
  }
}
