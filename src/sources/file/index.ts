import type { FileSource } from '../../model/config/source.ts';
import type { SourcePort } from '../../model/ports/source-port.ts';
import { observeFiles } from './observe.ts';
import { openFileSnapshot } from './read.ts';

/** Local files: CSV, gzipped CSV, PostgreSQL's COPY text, Parquet; by path or wildcard, many into one table. */
export function openFiles(source: FileSource): SourcePort {
  return {
    async observe(requests) {
      const seen = [];
      for (const request of requests) seen.push(await observeFiles(source, request));
      return seen;
    },
    snapshot: () => openFileSnapshot(source),
    close: () => Promise.resolve(),
  };
}
