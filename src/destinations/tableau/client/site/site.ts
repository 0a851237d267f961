import type { TableauConnection } from '../../../../model/config/destination.ts';
import type { Element } from '../http/answer-xml.ts';
import type { Clock } from '../http/clock.ts';
import type { CallKind } from '../http/retry.ts';
import type { SignedIn } from './signed-in.ts';

export interface Call {
  kind: CallKind;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/{version}/sites/{site}`; every part is escaped. */
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Text is sent as XML; bytes need their own Content-Type. */
  body?: string | readonly Uint8Array[];
  /** Is waited for before the server can have the whole of it. */
  beforeLast?: () => Promise<void>;
  onSent?: (bytes: number) => void;
  signal: AbortSignal;
}

/** A site to which we are signed in, or will be at the first call. */
export interface Site {
  connection: TableauConnection;
  clock: Clock;
  me(): Promise<SignedIn>;
  /** Sends a call, signs in again if the session has ended, and repeats as the retry table allows. */
  call(call: Call): Promise<Element>;
  /** All items of a list, page by page. */
  list(call: Pick<Call, 'path' | 'query' | 'signal'>, plural: string, singular: string): Promise<Element[]>;
}
