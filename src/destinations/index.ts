import type { Destination } from '../model/pipeline.ts';
import type { DestinationPort } from '../model/ports.ts';
import { openFileDestination } from './file/index.ts';

const kinds = {
  file: openFileDestination,
} satisfies {
  [Kind in Destination['type']]: (destination: Extract<Destination, { type: Kind }>) => DestinationPort;
};

export function openDestination(destination: Destination): DestinationPort {
  return kinds[destination.type](destination);
}
