import type { Diagnostic } from '../model/errors/diagnostic.ts';

/** Everything that a run knows of its surroundings. The command line makes one from its process, a program its own. */
export interface RunContext {
  /** The folder from which relative paths start. */
  cwd: string;
  /** The variables that `${env.…}` and `${secret.…}` name, with those of PostgreSQL, AWS and HYPERD_PATH. */
  variables: Readonly<Record<string, string | undefined>>;
  /** Ends the run as soon as everything is cleaned up. */
  signal: AbortSignal;
  /** Receives what happens on the way to a plan or while an apply waits; must not throw. */
  notice: (notice: Notice) => void;
}

/** News of a run that are no result of it: a person who watches wants to read them. */
export type Notice =
  /** The observation of one pipeline has reached a new stage. */
  | { type: 'observing'; address: string; text: string }
  /** Another run has a lock or a token that this one needs. */
  | { type: 'waiting for a run'; text: string }
  /** A server has asked to be called again later. */
  | { type: 'waiting for a server'; host: string; milliseconds: number; because: string }
  /** Work of these interrupted runs is not done again; empty if no run was interrupted. */
  | { type: 'resuming'; runs: readonly { since: string; name: string }[] }
  /** This run does the part of the pipelines that belongs to its shard. */
  | { type: 'shard'; index: number; count: number; pipelines: number; of: number }
  /** A shard is started once more, and leaves out what it has done. */
  | { type: 'done before'; pipelines: number }
  /** Another process of the same shard has done these while this one was under way. */
  | { type: 'done meanwhile'; pipelines: number }
  /** A problem that keeps nothing from being planned and is part of no plan. */
  | { type: 'finding'; diagnostic: Diagnostic };
