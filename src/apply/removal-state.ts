import type { Existing } from '../model/ports/destination-port.ts';
import type { Lock, StatePort } from '../model/ports/state-port.ts';

/** A pipeline that is no longer in the configuration. */
export interface Removal {
  address: string;
  /** The version of the record that the plan was made from. */
  version: string;
  state: StatePort;
  /** The seal of the saved plan, where a shard of it is applied. */
  seal?: string | undefined;
  /** The outputs that are deleted with the record; undefined where only the record is. */
  deletions?: readonly Deletion[] | undefined;
  /** Nothing is removed: the record only notes that its folder is missing. */
  isMissing?: true;
}

export interface Deletion {
  target: string;
  remove: (signal: AbortSignal) => Promise<Existing>;
}

/** One pipeline that is being removed. */
export interface RemovalState {
  removal: Removal;
  lock: Lock;
  /** The outputs that were to be deleted, and the state in which each was found. */
  removed: { target: string; standing: Existing }[];
  /** The record has been removed, or has the note. */
  isRecorded: boolean;
}
