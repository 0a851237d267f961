import type { TableauDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivery, ExtractPort, Written } from '../../model/ports.ts';
import type { Site } from './client/site.ts';
import { publish } from './publish.ts';
import { updateData } from './update.ts';

/** Publishes the extract, or changes the rows of what is published by it. */
export function writeTableau(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  settings: Delivery & { split: ExtractPort['split'] },
): Promise<Written> {
  const { delivery } = destination;
  return delivery.method === 'publish'
    ? publish(site, destination, extract, { ...settings, mode: delivery.mode })
    : updateData(site, destination, delivery, extract, settings);
}
