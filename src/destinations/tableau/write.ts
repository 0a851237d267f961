import type { TableauDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivered } from '../../model/ports.ts';
import type { Site } from './client/site.ts';
import { publish } from './publish.ts';
import { updateData, type Updating } from './update.ts';

/** Publishes the extract, or changes the rows of what is published by it. */
export function writeTableau(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  settings: Updating,
): Promise<Delivered> {
  const { delivery } = destination;
  return delivery.method === 'publish'
    ? publish(site, destination, extract, { mode: delivery.mode, ...settings })
    : updateData(site, destination, delivery, extract, settings);
}
