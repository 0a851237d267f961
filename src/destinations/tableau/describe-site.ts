import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { Delivered } from '../../model/ports/destination-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { detailsText, detailsToSet } from '../../model/plan/tableau-details.ts';
import { getDataSource } from './client/resources/data-sources.ts';
import type { Site } from './client/site/site.ts';
import { siteLabel } from './client/site-label.ts';
import { delivered } from './publish/publish.ts';
import { setWhatIsMissing, wrong } from './publish/settle.ts';
import { projectFor } from './target/target.ts';

/** Sets description, tags and certification of what is published, and uploads nothing. */
export async function describeTableau(
  site: Site,
  destination: TableauDestination,
  last: AppliedDestination,
  signal: AbortSignal,
): Promise<Delivered> {
  const project = await projectFor(site, destination, signal);
  const found = 'id' in last ? await getDataSource(site, last.id, signal) : undefined;
  if (found === undefined) {
    throw new RunError('EXT5115', `${siteLabel(site.connection)} no longer has "${destination.name}"`, {
      hint: 'plan again: another user deleted it meanwhile',
    });
  }
  const now = await setWhatIsMissing({ site, destination, project, before: found }, found);
  const left = detailsText(detailsToSet(destination, now, undefined));
  if (left.length > 0) throw wrong({ site, destination }, [`not as written: ${left.join(', ')}`]);
  if (!('id' in last)) return delivered(now, last.size);
  const { way } = last;
  const described = { ...delivered(now, last.size), ...(way !== undefined && { way }) };
  if (destination.delivery.method === 'publish') return described;
  // The rows are changed in the revision that held them, whatever is published since.
  const { revision = now.revision, batch } = last;
  return {
    ...described,
    ...(revision !== undefined && { revision }),
    ...(batch !== undefined && { batch }),
  };
}
