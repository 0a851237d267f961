import type { TableauDestination } from '../../model/config/destination.ts';
import type { BuiltExtract, ExtractPort } from '../../model/ports/extract-port.ts';
import type { Delivered, Delivery, Written } from '../../model/ports/destination-port.ts';
import type { SentNote } from '../../model/world/applied-record.ts';
import { wayOf } from '../../model/plan/tableau-delivery.ts';
import type { Site } from './client/site/site.ts';
import { publish } from './publish/publish.ts';
import type { SeeProject } from './target/seen-projects.ts';
import type { Enter } from './publish/turns.ts';
import { updateData } from './update/update.ts';

/** Publishes the output, or changes the rows of what is published by it. */
export async function writeTableau(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  settings: Delivery & { split: ExtractPort['split']; enter: Enter; seeProject: SeeProject },
): Promise<Written> {
  const { delivery } = destination;
  const isBatch = delivery.method === 'update' && delivery.batch !== undefined;
  const asked = { way: wayOf(destination), ...(isBatch && { batch: delivery.batch }) };
  const content = destination.workbook && { content: 'workbook' as const };
  const asAsked = (delivered: Delivered): Delivered => ({ ...delivered, ...asked, ...content });
  const recorded = {
    ...settings,
    note: (sent: SentNote | undefined) => settings.note(sent && { ...sent, ...asked }),
    taken: (delivered: Delivered) => settings.taken(asAsked(delivered)),
  };
  const written =
    delivery.method === 'publish'
      ? await publish(site, destination, extract, { ...recorded, mode: delivery.mode })
      : await updateData(site, destination, delivery, extract, recorded);
  return { ...written, delivered: written.delivered && asAsked(written.delivered) };
}
