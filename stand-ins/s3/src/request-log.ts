import type { FaultAct } from './faults.ts';
import type { Operation } from './operation.ts';
import type { S3Request } from './request.ts';

/** One request as a test may want to see it, in the order of arrival; no signature, token or secret is in it. */
export interface LoggedRequest {
  readonly method: string;
  operation?: Operation;
  bucket?: string;
  key?: string;
  /** Without those of a presigned URL. */
  query: Record<string, string>;
  range?: string;
  /** `if-match`, `if-none-match`, `if-modified-since`, `if-unmodified-since`. */
  conditions: Record<string, string>;
  /** True if there was a correct signature. */
  signed: boolean;
  /** Absent when no answer was given (yet). */
  status?: number;
  errorCode?: string;
  fault?: FaultAct['kind'];
  /** The stand-in's own failure, such as a `generate` that threw: never part of a test's plan. */
  failure?: string;
  /** The number of bytes of bodies only, framing included. */
  bytesSent: number;
  bytesReceived: number;
}

export interface Counters {
  requests: number;
  bytesSent: number;
  bytesReceived: number;
  /** Requests being answered now, and the most there were at once. */
  open: number;
  peakOpen: number;
}

export interface RequestLog {
  entries(): readonly LoggedRequest[];
  of(operation: Operation): LoggedRequest[];
  /** Forgets the entries and sets the counters back, `open` excepted. */
  clear(): void;
  readonly counters: Readonly<Counters>;
}

export interface OpenEntry {
  readonly logged: LoggedRequest;
  describe(request: S3Request): void;
  sent(bytes: number): void;
  received(bytes: number): void;
  close(): void;
}

/** The server's side of the log. */
export interface KeptLog extends RequestLog {
  begin(method: string): OpenEntry;
}

export function createRequestLog(): KeptLog {
  let entries: LoggedRequest[] = [];
  const counters: Counters = { requests: 0, bytesSent: 0, bytesReceived: 0, open: 0, peakOpen: 0 };
  return {
    counters,
    entries: () => entries,
    of: (operation) => entries.filter((entry) => entry.operation === operation),
    clear: () => {
      entries = [];
      Object.assign(counters, { requests: 0, bytesSent: 0, bytesReceived: 0, peakOpen: counters.open });
    },
    begin: (method) => {
      const logged: LoggedRequest = {
        method,
        query: {},
        conditions: {},
        signed: false,
        bytesSent: 0,
        bytesReceived: 0,
      };
      entries.push(logged);
      counters.requests++;
      counters.open++;
      counters.peakOpen = Math.max(counters.peakOpen, counters.open);
      return {
        logged,
        describe: (request) => describe(logged, request),
        sent: (bytes) => {
          logged.bytesSent += bytes;
          counters.bytesSent += bytes;
        },
        received: (bytes) => {
          logged.bytesReceived += bytes;
          counters.bytesReceived += bytes;
        },
        close: () => {
          counters.open--;
        },
      };
    },
  };
}

function describe(logged: LoggedRequest, request: S3Request): void {
  const { headers, query, bucket, key } = request;
  const range = headers.get('range');
  if (bucket !== undefined) logged.bucket = bucket;
  if (key !== undefined) logged.key = key;
  if (range !== undefined) logged.range = range;
  logged.query = Object.fromEntries(query.filter(([name]) => !/^x-amz-/i.test(name)));
  logged.conditions = Object.fromEntries(
    [...headers].filter(([name]) => /^if-(match|none-match|modified-since|unmodified-since)$/.test(name)),
  );
}
