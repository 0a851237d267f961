import type { PublishedContent } from '../../../../model/world/observation.ts';
import { Refused } from '../http/answer.ts';
import type { Collection } from './content-kind.ts';
import { isFilterable, isSameName } from './filter.ts';
import { childOf, childrenOf, requestXml, xml, type Element } from '../http/answer-xml.ts';

/** A data source or workbook as the server describes it. */
export interface Content extends PublishedContent {
  ownerId: string;
  /** The user who published the newest revision, where the server reports it. */
  publisherId: string | undefined;
}

/**
 * Lists all contents with these names, in any project: there is no filter by project id, and names of projects are ambiguous.
 * A name that no filter may hold comes alone; what is returned then has all names.
 */
export async function listNamed(
  { site, kind }: Collection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Content[]> {
  const [first = '', ...others] = names;
  const wanted = others.length === 0 ? `eq:${first}` : `in:[${names.join(',')}]`;
  const filter = isFilterable(first) ? { filter: `name:${wanted}` } : {};
  const query = { fields: '_all_', ...filter };
  const all = await site.list({ path: [kind.plural], query, signal }, kind.plural, kind.element);
  return all.map(contentOf);
}

/** The one of this name in the project; names are unique there without regard to case. */
export async function findContent(
  collection: Collection,
  name: string,
  projectId: string,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const named = await listNamed(collection, [name], signal);
  return oneOf(collection, named, { name, projectId }, signal);
}

async function oneOf(
  collection: Collection,
  named: readonly Content[],
  { name, projectId }: { name: string; projectId: string },
  signal: AbortSignal,
): Promise<Content | undefined> {
  const alike = named.filter((one) => one.projectId === projectId && isSameName(one.name, name));
  const found = alike.find((one) => one.name === name) ?? alike[0];
  return found && withRevision(collection, found, signal);
}

/**
 * The publication with the id `knownId`, or else the one of this name in the project. Lists lag behind the server: what
 * is new, or was just published, is found by its id before its name. `named` are all of this name, if they were listed.
 */
export async function findPublished(
  collection: Collection,
  wanted: { name: string; projectId: string; knownId: string | undefined; named?: readonly Content[] },
  signal: AbortSignal,
): Promise<Content | undefined> {
  const { name, projectId, knownId } = wanted;
  const named = wanted.named ?? (await listNamed(collection, [name], signal));
  const listed = await oneOf(collection, named, wanted, signal);
  if (listed !== undefined || knownId === undefined) return listed;
  const known = await getContent(collection, knownId, signal);
  return known?.projectId === projectId && isSameName(known.name, name) ? known : undefined;
}

/** Returns the one of this id, or undefined if it does not exist. */
export async function getContent(
  collection: Collection,
  id: string,
  signal: AbortSignal,
): Promise<Content | undefined> {
  try {
    const { site, kind } = collection;
    const call = { kind: 'harmless', method: 'GET', path: [kind.plural, id], signal } as const;
    const element = childOf(await site.call(call), kind.element);
    return element && (await withRevision(collection, contentOf(element), signal));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** Deletes it with all of its revisions; succeeds also if it no longer exists. */
export async function deleteContent(
  { site, kind }: Collection,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { kind: 'harmless', method: 'DELETE', path: [kind.plural, id], signal } as const;
  await site.call(call).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
  });
}

/** Details by the names of their attributes. */
interface Details {
  description?: string;
  isCertified?: boolean;
  certificationNote?: string;
  showTabs?: boolean;
}

/** Sets the given details and nothing else. */
export async function setDetails(
  { site, kind }: Collection,
  id: string,
  details: Details,
  signal: AbortSignal,
): Promise<void> {
  const attributes = Object.entries(details).map(([name, value]) => [name, String(value)] as const);
  const body = requestXml(xml(kind.element, Object.fromEntries(attributes)));
  await site.call({ kind: 'harmless', method: 'PUT', path: [kind.plural, id], body, signal });
}

/** Adds tags and keeps the existing ones. */
export async function addTags(
  { site, kind }: Collection,
  id: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const labels = tags.map((tag) => xml('tag', { label: quotedLabel(tag) }));
  const body = requestXml(xml('tags', {}, ...labels));
  await site.call({ kind: 'harmless', method: 'PUT', path: [kind.plural, id, 'tags'], body, signal });
}

/** The server splits a label at blanks and commas unless it is quoted; the quotes are no part of the tag. */
function quotedLabel(tag: string): string {
  return /[\s,]/.test(tag) ? `"${tag}"` : tag;
}

export async function removeTag(
  { site, kind }: Collection,
  id: string,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  const path = [kind.plural, id, 'tags', tag];
  await site.call({ kind: 'harmless', method: 'DELETE', path, signal }).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
  });
}

async function withRevision(
  { site, kind }: Collection,
  content: Content,
  signal: AbortSignal,
): Promise<Content> {
  try {
    const path = [kind.plural, content.id, 'revisions'];
    const revisions = await site.list({ path, signal }, 'revisions', 'revision');
    const numberOf = ({ attributes }: Element) => Number(attributes.revisionNumber);
    const [newest] = revisions.sort((one, other) => numberOf(other) - numberOf(one));
    if (newest === undefined) return content;
    return {
      ...content,
      revision: numberOf(newest),
      publisherId: childOf(newest, 'publisher')?.attributes.id,
    };
  } catch (error) {
    // Without revision history, or the right to see it, updatedAt serves instead.
    if (error instanceof Refused && (error.status === 403 || error.status === 404)) return content;
    throw error;
  }
}

function contentOf(element: Element): Content {
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
    certified: isTrue(attributes.isCertified),
    certificationNote: attributes.certificationNote ?? '',
    ...(attributes.showTabs !== undefined && { showTabs: isTrue(attributes.showTabs) }),
  };
}

/** Servers write both `true` and `True`. */
function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}
