import type { FileDestination } from '../../model/pipeline.ts';
import type { DestinationPort } from '../../model/ports.ts';
import { observeFile } from './observe.ts';
import { removeFile, standingFile } from './remove.ts';
import { writeFile } from './write.ts';

/** A .hyper at a path. */
export function openFileDestination(destination: FileDestination): DestinationPort {
  return {
    observe: () => observeFile(destination),
    async write(extract, progress, signal) {
      const written = await writeFile(destination, extract, signal);
      progress(written.size);
      return written;
    },
    standing: (last) => standingFile(destination, last),
    remove: (last) => removeFile(destination, last),
  };
}
