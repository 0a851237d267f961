import type { TableauDestination } from '../../model/config/destination.ts';
import type { BuiltExtract, ExtractPort } from '../../model/ports/extract-port.ts';
import type { Delivered, Delivery, Written } from '../../model/ports/destination-port.ts';
import type { Site } from './client/site/site.ts';
import { publish } from './publish/publish.ts';
import { updateData } from './update/update.ts';

/** Publishes the extract, or changes the rows of what is published by it. */
export async function writeTableau(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  settings: Delivery & { split: ExtractPort['split'] },
): Promise<Written> {
  const { delivery } = destination;
  if (delivery.method === 'publish') {
    return publish(site, destination, extract, { ...settings, mode: delivery.mode });
  }
  const batch = delivery.batch === undefined ? {} : { batch: delivery.batch };
  const ofBatch = (delivered: Delivered): Delivered => ({ ...delivered, ...batch });
  const written = await updateData(site, destination, delivery, extract, {
    ...settings,
    note: (sent) => settings.note(sent && { ...sent, ...batch }),
    taken: (delivered) => settings.taken(ofBatch(delivered)),
  });
  return { ...written, delivered: written.delivered && ofBatch(written.delivered) };
}
