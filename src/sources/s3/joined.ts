import { Readable } from 'node:stream';

export interface Joints {
  /** The next stream of bytes, or undefined after the last. */
  open: () => Promise<Readable | undefined>;
  /** Turns an error of the present stream into one of ours. */
  explain: (error: unknown) => unknown;
  /** Called once, when all is over. */
  close: () => void;
}

/**
 * Streams one after the other as one. Their chunks pass through unchanged: an async generator over byte streams would
 * copy them together first. Destroying it ends the present stream, too.
 */
export function joinStreams({ open, explain, close }: Joints): Readable {
  let current: Readable | undefined;
  let isOpening = false;
  const joined = new Readable({
    highWaterMark: 256 * 1024,
    read() {
      if (current !== undefined) current.resume();
      else if (!isOpening) next();
    },
    destroy(error, done) {
      current?.destroy();
      close();
      done(error);
    },
  });
  const fail = (error: unknown) => joined.destroy(explain(error) as Error);
  const next = () => {
    isOpening = true;
    open().then(follow, fail);
  };
  const follow = (stream: Readable | undefined) => {
    isOpening = false;
    current = stream;
    if (stream === undefined) {
      joined.push(null);
      return;
    }
    stream.once('error', fail);
    stream.once('end', () => {
      current = undefined;
      next();
    });
    stream.on('data', (chunk: Buffer) => {
      if (!joined.push(chunk)) stream.pause();
    });
  };
  return joined;
}
