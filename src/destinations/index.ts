import type { Destination } from '../model/config/destination.ts';
import type { DestinationPort, Destinations } from '../model/ports/destination-port.ts';
import { openFileDestination } from './file/index.ts';
import { openTableauDestinations, type TableauSettings } from './tableau/index.ts';

/** The destinations of a run, by kind. */
export function openDestinations(settings: TableauSettings): Destinations {
  const tableau = openTableauDestinations(settings);
  const kinds = {
    file: openFileDestination,
    tableau: (destination) => tableau.open(destination),
  } satisfies {
    [Kind in Destination['type']]: (destination: Extract<Destination, { type: Kind }>) => DestinationPort;
  };
  return {
    open(destination) {
      return destination.type === 'file' ? kinds.file(destination) : kinds.tableau(destination);
    },
    expect: (destinations) => tableau.expect(destinations),
    close: () => tableau.close(),
  };
}
