import type { S3ErrorCode } from './errors.ts';
import type { Operation } from './operation.ts';
import type { ObjectBody } from './types.ts';

/** The kinds of faults. Bytes are counted in the body of the answer, for uploads in the body of the request. */
export type FaultAct =
  /** Answered with this error and its XML body; nothing is done. */
  | { readonly kind: 'error'; readonly code: S3ErrorCode }
  /** The bucket seems to live in `region`: 301 PermanentRedirect, or 400 for a request signed for elsewhere. */
  | {
      readonly kind: 'wrong-region';
      readonly region: string;
      readonly code: 'PermanentRedirect' | 'AuthorizationHeaderMalformed';
    }
  /** Another program answers in the place of S3: a login page, a console, a proxy. Nothing is done. */
  | {
      readonly kind: 'alien';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The answer passes something that changes it. */
  | {
      readonly kind: 'edit';
      /** Headers to set; undefined removes one, also `content-length`. */
      readonly headers?: Readonly<Record<string, string | undefined>>;
      readonly body?: (text: string) => string;
    }
  /** TCP reset: at once, with nothing done, or after this many bytes. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** The operation is carried out, but the connection is reset instead of an answer. */
  | { readonly kind: 'lost-answer' }
  /** The connection ends in order, with less sent than Content-Length says. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  | { readonly kind: 'slow'; readonly chunkBytes: number; readonly everyMs: number }
  /** Nothing more comes, not even headers without `afterBytes`, until the client gives up. */
  | { readonly kind: 'stall'; readonly afterBytes?: number }
  /** Another object takes the key in mid-read; this answer continues with the old bytes, or is reset. */
  | {
      readonly kind: 'replace';
      readonly afterBytes: number;
      readonly body: ObjectBody;
      readonly then: 'finish' | 'reset';
    };

export interface Fault {
  readonly operation: Operation;
  readonly bucket?: string;
  readonly key?: string | RegExp;
  /** The first matching request that is hit, from 1. Default 1. */
  readonly nth?: number;
  /** The number of matching requests that are hit from then on. Default 1; Infinity for all. */
  readonly times?: number;
  readonly act: FaultAct;
}

/** The faults of a stand-in. Only requests that are let in are hit: a refused signature uses up no fault. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Faults that have not hit as often as they should; a test that ends with some has proved nothing. */
  pending(): Fault[];
}

/** The server's side of the faults. */
export interface FaultTaker extends Faults {
  /** The fault that this request is hit by, if any; asking counts it. */
  take(request: { operation: Operation; bucket: string; key: string }): FaultAct | undefined;
}

export function createFaults(): FaultTaker {
  let rules: Rule[] = [];
  return {
    add: (fault) => void rules.push({ fault, seen: 0, hits: 0 }),
    clear: () => {
      rules = [];
    },
    pending: () => rules.filter(isPending).map(({ fault }) => fault),
    take: (request) => {
      const matching = rules.filter(({ fault }) => matches(fault, request));
      for (const rule of matching) rule.seen++;
      const due = matching.find(
        (rule) => rule.seen >= (rule.fault.nth ?? 1) && rule.hits < (rule.fault.times ?? 1),
      );
      if (!due) return undefined;
      due.hits++;
      return due.fault.act;
    },
  };
}

interface Rule {
  readonly fault: Fault;
  seen: number;
  hits: number;
}

function isPending({ fault, hits }: Rule): boolean {
  return fault.times === Infinity ? hits === 0 : hits < (fault.times ?? 1);
}

function matches(fault: Fault, request: { operation: Operation; bucket: string; key: string }): boolean {
  const { key, bucket } = fault;
  return (
    fault.operation === request.operation &&
    (bucket === undefined || bucket === request.bucket) &&
    (key === undefined || (typeof key === 'string' ? key === request.key : key.test(request.key)))
  );
}
