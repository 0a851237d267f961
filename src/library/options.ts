import { setMaxListeners } from 'node:events';
import type { Notice, RunContext } from '../run/context.ts';
import type { Decisions } from '../plan/index.ts';
import type { SelectFlags } from '../run/select/select.ts';

/** The surroundings of a project. */
export interface ProjectOptions {
  /** The folder from which relative paths start; the working directory of the process by default. */
  cwd?: string | undefined;
  /**
   * The variables that `${env.…}` and `${secret.…}` name, with those of PostgreSQL, AWS and HYPERD_PATH; `process.env` by
   * default.
   */
  variables?: Readonly<Record<string, string | undefined>> | undefined;
  /** A project file whose policy counts in the place of the project's own. */
  policy?: string | undefined;
  /** Receives what happens on the way, such as a wait for another run. It must not throw. Nothing is printed. */
  notice?: ((notice: Notice) => void) | undefined;
  /** Ends the work cleanly. */
  signal?: AbortSignal | undefined;
}

/** The surroundings of a project, and the part of it to read. */
export interface ReadOptions extends ProjectOptions {
  /**
   * The selection of every plan and apply of this project that has none of its own. If it names addresses one by one
   * (`tenants[acme]`), only these items are read.
   */
  select?: readonly string[] | undefined;
}

/** The pipelines to plan, and the changes that are allowed to them. Each option is the flag of the same name. */
export interface PlanOptions {
  /** Terms of which one must match: an address or a pattern of it, `tag:WORD`, `dest:KIND`, `state:modified`. */
  select?: readonly string[] | undefined;
  /** Terms of which none may match. */
  exclude?: readonly string[] | undefined;
  /** A git revision: only pipelines whose files differ from it. */
  changedSince?: string | undefined;
  /** Addresses whose breaking changes are allowed, each with everything below it. */
  allowBreaking?: readonly string[] | undefined;
  /** Allows extracts that do not match their templates. */
  allowMisfit?: boolean | undefined;
  /** Reads all rows, whatever has changed. */
  full?: boolean | undefined;
  /** `drift` blocks pipelines whose output was changed outside extracts. */
  failOn?: 'drift' | undefined;
  /** Milliseconds to wait for a lock or a token that another run has; 0 by default for locks. */
  lockWait?: number | undefined;
  /** Ends the work cleanly. */
  signal?: AbortSignal | undefined;
}

/** Returns the surroundings as a run knows them. The process is read here and nowhere else below the command line. */
export function contextOf({ cwd, variables, notice, signal }: ProjectOptions): RunContext {
  return {
    cwd: cwd ?? process.cwd(),
    variables: variables ?? process.env,
    notice: notice ?? (() => undefined),
    signal: signalOf(signal),
  };
}

/** Returns the signal of a caller, or one that is never aborted. */
export function signalOf(signal: AbortSignal | undefined): AbortSignal {
  if (signal === undefined) return new AbortController().signal;
  // A server may give one signal to hundreds of calls at once; Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, signal);
  return signal;
}

export function selectionOf({ select, exclude, changedSince }: PlanOptions): SelectFlags {
  return {
    ...(select !== undefined && { select }),
    ...(exclude !== undefined && { exclude }),
    ...(changedSince !== undefined && { changedSince }),
  };
}

export function decisionsOf({ allowBreaking, allowMisfit, full, failOn }: PlanOptions): Decisions {
  return {
    ...(allowBreaking !== undefined && { allowBreaking }),
    ...(allowMisfit === true && { allowMisfit }),
    ...(full === true && { full }),
    ...(failOn === 'drift' && { failOnDrift: true }),
  };
}
