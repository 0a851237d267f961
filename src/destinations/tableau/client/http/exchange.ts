export interface Exchange {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Sent one after the other, without being copied together. */
  body: readonly Uint8Array[];
  /** Is waited for before the last byte is handed over; where it fails, the server has only a part. */
  beforeLast?: (() => Promise<void>) | undefined;
  /** Hears of body bytes as the connection takes them. */
  onSent?: ((bytes: number) => void) | undefined;
  /**
   * Aborts the request. It has no effect once the last byte is handed over: the answer to a request that the server
   * may carry out must be read to its end.
   */
  signal: AbortSignal;
  /** True if the effect on the server does not matter: the request may be aborted at any time. */
  mayBeAbandoned: boolean;
  /** True if sending it twice has the same effect as once. */
  mayBeRepeated?: boolean;
}

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/** One request, one answer. Fails with `Lost` when none came; never follows a redirect. */
export type Transport = (exchange: Exchange) => Promise<Reply>;
