import type { PublishedDataSource } from '../../../../model/world/observation.ts';
import { Refused } from '../http/answer.ts';
import { isFilterable, isSameName } from './filter.ts';
import type { Site } from '../site/site.ts';
import { childOf, childrenOf, requestXml, xml, type Element } from '../http/answer-xml.ts';

/** A data source as the server describes it. */
export interface DataSource extends PublishedDataSource {
  ownerId: string;
  /** The user who published the newest revision, where the server reports it. */
  publisherId: string | undefined;
}

/** The data source of this name in the project; names are unique there without regard to case. */
export async function findDataSource(
  site: Site,
  name: string,
  projectId: string,
  signal: AbortSignal,
): Promise<DataSource | undefined> {
  // There is no filter by project id, and names of projects are ambiguous: what comes is matched here.
  const filter = isFilterable(name) ? { filter: `name:eq:${name}` } : {};
  const query = { fields: '_all_', ...filter };
  const all = await site.list({ path: ['datasources'], query, signal }, 'datasources', 'datasource');
  const alike = all
    .map(dataSourceOf)
    .filter((one) => one.projectId === projectId && isSameName(one.name, name));
  const found = alike.find((one) => one.name === name) ?? alike[0];
  return found && withRevision(site, found, signal);
}

/**
 * The data source that we published as `knownId`, or else the one of this name in the project. Lists lag behind
 * the server: what is new, or was just published, is found by its id before its name.
 */
export async function findPublished(
  site: Site,
  wanted: { name: string; projectId: string; knownId: string | undefined },
  signal: AbortSignal,
): Promise<DataSource | undefined> {
  const { name, projectId, knownId } = wanted;
  const listed = await findDataSource(site, name, projectId, signal);
  if (listed !== undefined || knownId === undefined) return listed;
  const known = await getDataSource(site, knownId, signal);
  return known?.projectId === projectId && isSameName(known.name, name) ? known : undefined;
}

/** Returns the data source of this id, or undefined if it does not exist. */
export async function getDataSource(
  site: Site,
  id: string,
  signal: AbortSignal,
): Promise<DataSource | undefined> {
  try {
    const call = { kind: 'harmless', method: 'GET', path: ['datasources', id], signal } as const;
    const element = childOf(await site.call(call), 'datasource');
    return element && (await withRevision(site, dataSourceOf(element), signal));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** Deletes the data source with all of its revisions; succeeds also if it no longer exists. */
export async function deleteDataSource(site: Site, id: string, signal: AbortSignal): Promise<void> {
  const call = { kind: 'harmless', method: 'DELETE', path: ['datasources', id], signal } as const;
  await site.call(call).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
  });
}

/** Sets the given details and nothing else. */
export async function setDetails(
  site: Site,
  id: string,
  details: { description?: string; isCertified?: boolean; certificationNote?: string },
  signal: AbortSignal,
): Promise<void> {
  const { isCertified, ...texts } = details;
  const flag = isCertified === undefined ? {} : { isCertified: String(isCertified) };
  const body = requestXml(xml('datasource', { ...texts, ...flag }));
  await site.call({ kind: 'harmless', method: 'PUT', path: ['datasources', id], body, signal });
}

/** Adds tags and keeps the existing ones. */
export async function addTags(
  site: Site,
  id: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const labels = tags.map((tag) => xml('tag', { label: quotedLabel(tag) }));
  const body = requestXml(xml('tags', {}, ...labels));
  await site.call({ kind: 'harmless', method: 'PUT', path: ['datasources', id, 'tags'], body, signal });
}

/** The server splits a label at blanks and commas unless it is quoted; the quotes are no part of the tag. */
function quotedLabel(tag: string): string {
  return /[\s,]/.test(tag) ? `"${tag}"` : tag;
}

export async function removeTag(site: Site, id: string, tag: string, signal: AbortSignal): Promise<void> {
  const path = ['datasources', id, 'tags', tag];
  await site.call({ kind: 'harmless', method: 'DELETE', path, signal }).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
  });
}

async function withRevision(site: Site, source: DataSource, signal: AbortSignal): Promise<DataSource> {
  try {
    const path = ['datasources', source.id, 'revisions'];
    const revisions = await site.list({ path, signal }, 'revisions', 'revision');
    const numberOf = ({ attributes }: Element) => Number(attributes.revisionNumber);
    const [newest] = revisions.sort((one, other) => numberOf(other) - numberOf(one));
    if (newest === undefined) return source;
    return {
      ...source,
      revision: numberOf(newest),
      publisherId: childOf(newest, 'publisher')?.attributes.id,
    };
  } catch (error) {
    // Without revision history, or the right to see it, updatedAt serves instead.
    if (error instanceof Refused && (error.status === 403 || error.status === 404)) return source;
    throw error;
  }
}

function dataSourceOf(element: Element): DataSource {
  const { attributes } = element;
  const owner = childOf(element, 'owner')?.attributes ?? {};
  const size = Number(attributes.size);
  return {
    id: attributes.id ?? '',
    name: attributes.name ?? '',
    contentUrl: attributes.contentUrl ?? '',
    projectId: childOf(element, 'project')?.attributes.id ?? '',
    ownerId: owner.id ?? '',
    publisherId: undefined,
    owner: owner.fullName ?? owner.name ?? owner.id ?? '',
    updatedAt: attributes.updatedAt ?? '',
    megabytes: attributes.size === undefined || Number.isNaN(size) ? undefined : size,
    revision: undefined,
    description: attributes.description ?? '',
    tags: childrenOf(childOf(element, 'tags'), 'tag').map((tag) => tag.attributes.label ?? ''),
    // Servers write both `true` and `True`.
    certified: attributes.isCertified?.toLowerCase() === 'true',
    certificationNote: attributes.certificationNote ?? '',
  };
}
