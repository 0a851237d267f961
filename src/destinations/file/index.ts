import type { FileDestination } from '../../model/config/destination.ts';
import type { DestinationPort } from '../../model/ports/destination-port.ts';
import { observeFile } from './observe.ts';
import { removeFile, existingFile } from './remove.ts';
import { writeFile } from './write.ts';

/** A .hyper at a path. */
export function openFileDestination(destination: FileDestination): DestinationPort {
  return {
    observe: ({ last }, signal) => observeFile(destination, last, signal),
    async write(extract, delivery) {
      const written = await writeFile(destination, extract, delivery);
      return { size: written.size, delivered: written };
    },
    existing: (last) => existingFile(destination, last),
    remove: (last) => removeFile(destination, last),
  };
}
