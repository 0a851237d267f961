import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { Delivered } from '../../model/ports/destination-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { detailsText, detailsToSet } from '../../model/plan/tableau-details.ts';
import { getContent } from './client/resources/content.ts';
import { kindOf } from './client/resources/content-kind.ts';
import type { Site } from './client/site/site.ts';
import { siteLabel } from './client/site-label.ts';
import { delivered } from './publish/publish.ts';
import { setWhatIsMissing, wrong } from './publish/settle.ts';
import type { SeeProject } from './target/seen-projects.ts';
import { projectFor } from './target/target.ts';

/** Sets description, tags, certification and tabs of what is published, and uploads nothing. */
export async function describeTableau(
  site: Site,
  destination: TableauDestination,
  last: AppliedDestination,
  asking: { seeProject: SeeProject; signal: AbortSignal },
): Promise<Delivered> {
  const { signal } = asking;
  const project = await projectFor(site, destination, asking);
  const kind = kindOf(destination);
  const found = 'id' in last ? await getContent({ site, kind }, last.id, signal) : undefined;
  if (found === undefined) {
    throw new RunError('EXT5115', `${siteLabel(site.connection)} no longer has "${destination.name}"`, {
      hint: 'plan again: another user deleted it meanwhile',
    });
  }
  const now = await setWhatIsMissing({ site, kind, destination, project, before: found }, found);
  const left = detailsText(detailsToSet(destination, now, undefined));
  if (left.length > 0) throw wrong({ site, destination }, [`not as written: ${left.join(', ')}`]);
  if (!('id' in last)) return delivered(now, last.size);
  const { content, way } = last;
  const described = {
    ...delivered(now, last.size),
    ...(content !== undefined && { content }),
    ...(way !== undefined && { way }),
  };
  if (destination.delivery.method === 'publish') return described;
  // The rows are changed in the revision that held them, whatever is published since.
  const { revision = now.revision, batch } = last;
  return {
    ...described,
    ...(revision !== undefined && { revision }),
    ...(batch !== undefined && { batch }),
  };
}
