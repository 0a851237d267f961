import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { PublishedContent, TableauDestinationObservation } from '../../model/world/observation.ts';
import type { TableauDestination } from '../../model/config/destination.ts';
import type { KnownDelivery } from '../../model/ports/destination-port.ts';
import { showProjectPath } from '../../model/config/project-path.ts';
import { findPublished, getContent, type Content } from './client/resources/content.ts';
import { kindOf, type Collection } from './client/resources/content-kind.ts';
import { pathOfProject, type Project } from './client/resources/projects.ts';
import type { Site } from './client/site/site.ts';
import { siteLabel } from './client/site-label.ts';
import type { Listings } from './target/listings.ts';
import type { SeeProject } from './target/seen-projects.ts';
import type { Limit } from '../../model/base/limit.ts';
import { whatBecameOf } from './publish/earlier-delivery.ts';
import { projectProblem } from './target/target.ts';

/** The parts of an observation that those of many destinations share. */
export interface Together {
  seeProject: SeeProject;
  listings: Listings;
  /** Limits what is asked about single contents at once. */
  turn: Limit;
}

/** Returns the present publication, by reading only. */
export async function observeTableau(
  site: Site,
  destination: TableauDestination,
  { last, sent, seeProject, listings, turn }: KnownDelivery & Together,
  signal: AbortSignal,
): Promise<TableauDestinationObservation> {
  const collection = { site, kind: kindOf(destination) };
  const search = await seeProject(site, destination.project, signal);
  const lastId = last !== undefined && 'id' in last ? last.id : undefined;
  if (!('found' in search)) {
    const error = projectProblem(search, destination);
    const problem: Diagnostic | undefined = error && {
      code: error.code,
      severity: 'error',
      message: `${siteLabel(site.connection)}: ${error.message}`,
      place: error.place ?? destination.place,
      ...(error.hint !== undefined && { hint: error.hint }),
    };
    const strayed = await turn(() => strayedFrom(collection, lastId, undefined, signal));
    return { ...nothing, ...strayed, ...(problem && { problem }) };
  }
  const project = search.found;
  const named = await listings.named(collection, destination.name, signal);
  return turn(async () => {
    const wanted = { name: destination.name, projectId: project.id, knownId: lastId, named };
    const found = await findPublished(collection, wanted, signal);
    const isCurrent = sent !== undefined && sent.superseded !== true;
    const became = isCurrent ? await whatBecameOf(site, destination, { sent, found }, signal) : undefined;
    const { userId } = await site.me();
    const strayed = found?.id === lastId ? {} : await strayedFrom(collection, lastId, found, signal);
    return {
      ...nothing,
      project: showProjectPath(project.path),
      found: found && asSeen(found),
      ...(became && { sent: became }),
      ...(found?.publisherId !== undefined && { byUs: found.publisherId === userId }),
      ...strayed,
      ...permissionProblem(site, project, destination),
    };
  });
}

const nothing: TableauDestinationObservation = {
  type: 'tableau',
  looked: true,
  project: undefined,
  found: undefined,
};

function asSeen(content: Content): PublishedContent {
  const { id, name, contentUrl, projectId, owner, updatedAt, megabytes, revision } = content;
  const { description, tags, certified, certificationNote, showTabs } = content;
  const file = { id, name, contentUrl, projectId, owner, updatedAt, megabytes, revision };
  const details = { description, tags, certified, certificationNote };
  return { ...file, ...details, ...(showTabs !== undefined && { showTabs }) };
}

/** Returns the last publication if it has another name or project now. */
async function strayedFrom(
  collection: Collection,
  lastId: string | undefined,
  found: Content | undefined,
  signal: AbortSignal,
): Promise<Pick<TableauDestinationObservation, 'strayed'>> {
  if (lastId === undefined || found?.id === lastId) return {};
  const content = await getContent(collection, lastId, signal);
  if (content === undefined) return {};
  const path = await pathOfProject(collection.site, content.projectId, signal);
  return { strayed: { name: content.name, project: showProjectPath(path) } };
}

function permissionProblem(
  site: Site,
  project: Project,
  { place }: TableauDestination,
): Pick<TableauDestinationObservation, 'problem'> {
  if (project.isWriteable !== false) return {};
  const message = `${siteLabel(site.connection)} does not let us publish into "${showProjectPath(project.path)}"`;
  const hint = 'the project’s leader or an administrator gives the right (Publish)';
  return { problem: { code: 'EXT5107', severity: 'error', message, hint, place } };
}
