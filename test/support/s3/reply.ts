/** What a handler answers; the server adds the headers that every answer has. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body?: Buffer | { length: number; chunks: AsyncIterable<Buffer> };
}
