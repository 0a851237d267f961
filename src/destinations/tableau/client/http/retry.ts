import type { Reach } from './lost.ts';

/** The effect of a call on the server, as far as repeating it is concerned. */
export type CallKind =
  /** Reads, or sets something to a value: twice is like once. */
  | 'harmless'
  | 'sign-in'
  /** Begins an upload; the server discards one that is not used. */
  | 'begin-upload'
  /** Adds bytes to the end of an upload: twice is a broken file. */
  | 'append-chunk'
  /** Publishes: makes a data source, replaces one, or adds rows to one. */
  | 'publish'
  /** Changes rows, under a RequestID that the server carries out once. */
  | 'update-data'
  | 'create-project';

export type Trouble =
  | { kind: 'lost'; reach: Reach; isLasting: boolean }
  | { kind: 'refused'; status: number; code: string | undefined };

export type Verdict =
  /** Send the same again after a moment. */
  | 'repeat'
  /** The server counts calls: send the same again when it says. */
  | 'wait'
  /** The session has ended; the call was not carried out: sign in and send it again. */
  | 'sign-in'
  /** The number of bytes that arrived is unknown: begin another upload. */
  | 'upload-again'
  /** The outcome is unknown: look at what the server has now. */
  | 'look'
  | 'give-up';

/**
 * Decides how to continue after a failed call; nothing else decides it. A call is sent again only where it surely was
 * not carried out, or where carrying it out twice has the same effect as once.
 */
export function verdictOn(call: CallKind, trouble: Trouble): Verdict {
  if (trouble.kind === 'lost') {
    if (trouble.isLasting) return 'give-up';
    return trouble.reach === 'none' ? 'repeat' : whenUnclear[call];
  }
  const { status, code } = trouble;
  if (status === 429) return 'wait';
  if (code === '401000' || code === '401002') return call === 'sign-in' ? 'give-up' : 'sign-in';
  return status >= 500 || status === 408 ? whenUnclear[call] : 'give-up';
}

/**
 * Returns whether a call may be given up while the server works on it, because nothing comes of it, carried out or not,
 * and whether it may be sent twice without a look at what came of it.
 */
export function freedomOf(call: CallKind): { mayBeAbandoned: boolean; mayBeRepeated: boolean } {
  const mayBeRepeated = call === 'harmless' || call === 'sign-in' || call === 'begin-upload';
  return { mayBeAbandoned: mayBeRepeated || call === 'append-chunk', mayBeRepeated };
}

/** The verdict per call when it may or may not have been carried out. */
const whenUnclear: Readonly<Record<CallKind, Verdict>> = {
  harmless: 'repeat',
  'sign-in': 'repeat',
  'begin-upload': 'repeat',
  'append-chunk': 'upload-again',
  publish: 'look',
  'update-data': 'repeat',
  'create-project': 'look',
};

/** Milliseconds before a repetition, by how many there were; undefined when there were enough. */
export function pauseBefore(verdict: 'repeat' | 'wait', earlier: number): number | undefined {
  return (verdict === 'repeat' ? [500, 1000, 2000, 4000, 8000] : patience)[earlier];
}

/** The pauses between requests, in milliseconds, if the server does not say how long to wait: about ten minutes in all. */
const patience = [1000, 3000, 10_000, 30_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000];

/** The bounds of one wait in milliseconds, whatever a server asks for: some ask for none, and some for a day. */
const shortestWait = 1000;
const longestWait = 300_000;

/** Milliseconds to wait: what the server asks for within bounds, or the usual where it asks for nothing. */
export function waitFor(asked: number | undefined, usual: number): number {
  return asked === undefined ? usual : Math.min(longestWait, Math.max(shortestWait, asked));
}

/** Milliseconds that a `Retry-After` header asks for: seconds, or a date (RFC 9110). */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
