import { Readable } from 'node:stream';
import type { Refusal, StreamPart } from '../../src/model/ports/feed.ts';
import { RunError } from '../../src/model/errors/run-error.ts';

/**
 * A feed part in COPY text format, from chunks of text. What Hyper refuses comes back as `refused` in the
 * error's cause.
 */
export function textPart(
  columns: readonly string[],
  chunks: Iterable<string>,
  changes: Partial<StreamPart> = {},
): StreamPart {
  return {
    kind: 'stream',
    label: 'test',
    columns,
    format: { type: 'text' },
    open: () => Promise.resolve({ bytes: Readable.from(buffers(chunks)), rows: () => undefined }),
    explain: (refusal: Refusal) =>
      Promise.resolve(new RunError('EXT0000', refusal.message, { cause: refusal })),
    translate: (error) => error,
    ...changes,
  };
}

function* buffers(chunks: Iterable<string>): Generator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
