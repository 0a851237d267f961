import type { Answer } from './rest/answer.ts';

/** One request as it may be shown anywhere: no headers and no bodies, hence no secrets. */
export interface LoggedRequest {
  method: string;
  /** Path and query. */
  url: string;
  /** Bytes of the body that arrived. */
  received: number;
  /** The HTTP status; undefined while it is at work, and `reset` when the connection was cut. */
  status: number | 'reset' | undefined;
  /** The six-digit code of an error answer. */
  code: string | undefined;
}

export interface RequestLog {
  entries: readonly LoggedRequest[];
  begin: (
    method: string,
    url: string,
  ) => { count: (bytes: number) => void; end: (said: Answer) => void; reset: () => void };
}

export function createRequestLog(): RequestLog {
  const entries: LoggedRequest[] = [];
  return {
    entries,
    begin(method, url) {
      const entry: LoggedRequest = { method, url, received: 0, status: undefined, code: undefined };
      entries.push(entry);
      return {
        count(bytes) {
          entry.received += bytes;
        },
        end(said) {
          entry.status = said.status;
          const error = said.kind === 'rest' ? said.body.find((part) => part.name === 'error') : undefined;
          entry.code = error?.attributes.code;
        },
        reset() {
          entry.status = 'reset';
        },
      };
    },
  };
}
