import { randomUUID } from 'node:crypto';

import type { UserCall } from '../call.ts';
import type { Contents } from '../extracts/sniff.ts';
import type { SavedFile } from '../store.ts';
import type { Connection, Content, Project, StoredFile, World } from '../world.ts';
import { laterThan } from '../world.ts';
import { pathOf } from './projects.ts';
import type { Asked, PublishQuery } from './publish-request.ts';

/** Everything about one publication that was checked before any work. */
export interface Publication<Wanted extends Asked> {
  query: PublishQuery;
  asked: Wanted;
  name: string;
  project: Project;
  file: SavedFile & { type: StoredFile['type']; name: string };
}

/** Returns what new content of either kind has. */
export function newContent(
  { world, site, user }: UserCall,
  { name, project, asked }: Publication<Asked>,
  all: readonly Content[],
): Content {
  const now = world.settings.now();
  return {
    id: randomUUID(),
    siteId: site.id,
    projectId: project.id,
    ownerId: user.id,
    name,
    contentUrl: freeContentUrl(
      world,
      all.filter(({ siteId }) => siteId === site.id),
      name,
    ),
    description: '',
    encryptExtracts: asked.encryptExtracts,
    hasExtracts: false,
    createdAt: now,
    updatedAt: now,
    tags: [],
    permissions: [],
    connections: [],
    revisions: [],
  };
}

/**
 * Adds the file as the newest revision, of content that may have none yet: it keeps its id, contentUrl, creation time,
 * owner, tags and permissions.
 */
export async function addRevision(
  call: UserCall,
  content: Content,
  { file, name, asked }: Publication<Asked>,
  contents: Contents,
): Promise<void> {
  const { world, user } = call;
  const { settings } = world;
  const isNew = content.revisions.length === 0;
  const now = isNew ? content.createdAt : laterThan(content.updatedAt, settings.now());
  content.revisions.push({
    number: (content.revisions.at(-1)?.number ?? 0) + 1,
    publishedAt: now,
    publisherId: user.id,
    deleted: false,
    file: { path: file.path, size: file.size, type: file.type },
  });
  content.updatedAt = now;
  content.name = name;
  content.hasExtracts = contents.hasExtracts;
  content.connections = keepIds(content.connections, contents.connections);
  if (!isNew && settings.overwriteClears.includes('tags')) content.tags = [];
  if (!isNew && settings.overwriteClears.includes('description')) content.description = '';
  if (settings.publishTakesDetails) content.description = asked.description ?? content.description;
  await prune(call, content);
}

/** Tells people who watch. */
export function tellPublished(
  { world, tell }: UserCall,
  { noun, content }: { noun: string; content: Content },
  { project, file, query }: Publication<Asked>,
): void {
  const { name, revisions } = content;
  const revision = revisions.at(-1)?.number ?? 0;
  tell({
    what: 'published',
    noun,
    name,
    project: pathOf(world, project),
    size: file.size,
    revision,
    mode: revision === 1 ? 'created' : query.mode === 'append' ? 'appended' : 'overwritten',
  });
}

/** The name without spaces and punctuation, unique among these by a number at its end. */
function freeContentUrl(world: World, all: readonly Content[], name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_-]/gu, '');
  const isTaken = (url: string) => all.some((other) => other.contentUrl.toLowerCase() === url.toLowerCase());
  if (plain !== '' && !isTaken(plain)) return plain;
  let number = world.settings.now().getTime();
  while (isTaken(`${plain}_${number}`)) number += 1;
  return `${plain}_${number}`;
}

function keepIds(before: readonly Connection[], now: readonly Omit<Connection, 'id'>[]): Connection[] {
  return now.map((connection, index) => ({ id: before[index]?.id ?? randomUUID(), ...connection }));
}

async function prune(call: UserCall, content: Content): Promise<void> {
  const { revisionHistory, revisionLimit } = call.world.settings;
  const kept = revisionHistory ? revisionLimit : 1;
  const dropped = content.revisions.splice(0, Math.max(0, content.revisions.length - kept));
  for (const revision of dropped) await call.store.remove(revision.file.path);
}
