import { randomUUID } from 'node:crypto';

import type { UserCall } from '../call.ts';
import type { Contents } from '../extracts/sniff.ts';
import type { SavedFile } from '../store.ts';
import type { Connection, DataSource, Project, StoredFile, World } from '../world.ts';
import { laterThan } from '../world.ts';
import { pathOf } from './projects.ts';
import type { AskedDataSource, PublishQuery } from './publish-request.ts';

/** Everything about one publication that was checked before any work. */
export interface Publication {
  query: PublishQuery;
  asked: AskedDataSource;
  name: string;
  project: Project;
  file: SavedFile & { type: StoredFile['type']; name: string };
}

/**
 * Makes a checked publication the truth, in one go: a new data source, or a new revision of the existing one,
 * which keeps its id, contentUrl, creation time, owner, tags and permissions.
 */
export async function recordPublication(
  call: UserCall,
  publication: Publication,
  contents: Contents,
  existing: DataSource | undefined,
): Promise<DataSource> {
  const { world, user } = call;
  const { file, name, query, project } = publication;
  const dataSource = existing ?? create(call, publication);
  const now =
    existing === undefined ? dataSource.createdAt : laterThan(existing.updatedAt, world.settings.now());
  const number = (dataSource.revisions.at(-1)?.number ?? 0) + 1;
  dataSource.revisions.push({
    number,
    publishedAt: now,
    publisherId: user.id,
    deleted: false,
    file: { path: file.path, size: file.size, type: file.type },
  });
  dataSource.updatedAt = now;
  dataSource.name = name;
  dataSource.type = contents.type;
  dataSource.hasExtracts = contents.hasExtracts;
  dataSource.isLiveToHyper = contents.isLiveToHyper;
  dataSource.connections = keepIds(dataSource.connections, contents.connections);
  if (existing !== undefined) clear(dataSource, world.settings.overwriteClears);
  takeDetails(dataSource, publication, world);
  if (existing === undefined) world.dataSources.push(dataSource);

  call.tell({
    what: 'published',
    name,
    project: pathOf(world, project),
    size: file.size,
    revision: number,
    mode: existing === undefined ? 'created' : query.mode === 'append' ? 'appended' : 'overwritten',
  });
  await prune(call, dataSource);
  return dataSource;
}

function create(call: UserCall, { name, project, asked }: Publication): DataSource {
  const { world, site, user } = call;
  const now = world.settings.now();
  return {
    id: randomUUID(),
    siteId: site.id,
    projectId: project.id,
    ownerId: user.id,
    name,
    contentUrl: freeContentUrl(world, site.id, name),
    description: '',
    type: '',
    isCertified: false,
    certificationNote: '',
    encryptExtracts: asked.encryptExtracts,
    useRemoteQueryAgent: asked.useRemoteQueryAgent,
    askData: asked.askData ?? 'SiteDefault',
    hasExtracts: false,
    isLiveToHyper: false,
    createdAt: now,
    updatedAt: now,
    tags: [],
    permissions: [],
    connections: [],
    revisions: [],
    updating: Promise.resolve(),
  };
}

/** The name without spaces and punctuation, unique on the site by a number at its end. */
function freeContentUrl(world: World, siteId: string, name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_-]/gu, '');
  const isTaken = (url: string) =>
    world.dataSources.some(
      (other) => other.siteId === siteId && other.contentUrl.toLowerCase() === url.toLowerCase(),
    );
  if (plain !== '' && !isTaken(plain)) return plain;
  let number = world.settings.now().getTime();
  while (isTaken(`${plain}_${number}`)) number += 1;
  return `${plain}_${number}`;
}

function keepIds(before: readonly Connection[], now: readonly Omit<Connection, 'id'>[]): Connection[] {
  return now.map((connection, index) => ({ id: before[index]?.id ?? randomUUID(), ...connection }));
}

function clear(dataSource: DataSource, what: readonly ('tags' | 'description' | 'certification')[]): void {
  if (what.includes('tags')) dataSource.tags = [];
  if (what.includes('description')) dataSource.description = '';
  if (what.includes('certification')) {
    dataSource.isCertified = false;
    dataSource.certificationNote = '';
  }
}

function takeDetails(dataSource: DataSource, { asked }: Publication, world: World): void {
  if (!world.settings.publishTakesDetails) return;
  dataSource.description = asked.description ?? dataSource.description;
  dataSource.isCertified = asked.isCertified ?? dataSource.isCertified;
  dataSource.certificationNote = asked.certificationNote ?? dataSource.certificationNote;
}

async function prune(call: UserCall, dataSource: DataSource): Promise<void> {
  const { revisionHistory, revisionLimit } = call.world.settings;
  const kept = revisionHistory ? revisionLimit : 1;
  const dropped = dataSource.revisions.splice(0, Math.max(0, dataSource.revisions.length - kept));
  for (const revision of dropped) await call.store.remove(revision.file.path);
}
