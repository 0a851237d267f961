import type { Holder } from '../holder.ts';

/** Something to do with one address. Many of them are one request. */
export type Operation =
  | { kind: 'read'; address: string }
  | { kind: 'look'; address: string }
  | { kind: 'take'; address: string; token: string; holder: Holder }
  | { kind: 'renew'; address: string; token: string }
  | {
      kind: 'write';
      address: string;
      token: string;
      seen: string | undefined;
      version: string;
      record: string;
    }
  | { kind: 'remove'; address: string; token: string; seen: string }
  | { kind: 'release'; address: string; token: string };

/** A row of the records. */
export interface RecordRow {
  address: string;
  version: string;
  record: string;
}

/** A row of the locks. */
export interface LockRow extends Holder {
  address: string;
  token: string;
  /** ISO 8601 to the second, by the clock of the server. */
  until: string;
  isExpired: boolean;
}

/** The result of an operation. */
export interface Outcome {
  /** The lock of the address after the operation; before it, for those that need one. */
  lock?: LockRow | undefined;
  /** The record of the address, where it was asked for. */
  record?: RecordRow | undefined;
  /** The version of the record after a write or a removal. */
  version?: string | undefined;
}
