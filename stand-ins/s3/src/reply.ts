/** The answer of a handler; the server adds the headers that every answer has. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Sent in chunks, as by a proxy that changes bodies. */
  hasNoLength?: boolean;
  body?: Buffer | { length: number; chunks: AsyncIterable<Buffer> };
}
