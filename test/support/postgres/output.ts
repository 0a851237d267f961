import type { Readable } from 'node:stream';

/** Keeps the last 8 KiB of what a process writes, for the message when it fails. */
export function readTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    tail = (tail + text).slice(-8192);
  });
  return () => tail.trim();
}
