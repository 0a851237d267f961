import type { Settings } from './settings.ts';

/**
 * The complete knowledge and content of the stand-in. Tests read it, and may change it to play another user's
 * actions.
 */
export interface World {
  settings: Settings;
  sites: Site[];
  users: User[];
  tokens: PersonalAccessToken[];
  connectedApps: ConnectedApp[];
  sessions: Map<string, Session>;
  projects: Project[];
  dataSources: DataSource[];
  workbooks: Workbook[];
  uploads: Map<string, Upload>;
  jobs: Map<string, Job>;
  /** The times when sites took publications and updates of data, for the limit of an hour. */
  publications: { siteId: string; at: Date }[];
  /** Answered RequestIDs of data updates, by site and id. */
  dataUpdates: Map<string, { jobId: string; at: Date }>;
  /** The work of requests that were answered before it was done. */
  answeredEarly: Set<Promise<unknown>>;
}

export interface Site {
  id: string;
  name: string;
  /** The subpath users see; empty for the Default site of a Tableau Server. */
  contentUrl: string;
}

export type SiteRole =
  | 'ServerAdministrator'
  | 'SiteAdministratorCreator'
  | 'SiteAdministratorExplorer'
  | 'Creator'
  | 'ExplorerCanPublish'
  | 'Explorer'
  | 'Viewer'
  | 'Unlicensed';

export interface User {
  id: string;
  name: string;
  fullName: string;
  password: string;
  siteRole: SiteRole;
}

export interface PersonalAccessToken {
  name: string;
  secret: string;
  userId: string;
  revoked: boolean;
  lastUsedAt: Date;
}

/** A connected app with direct trust: the client signs JWTs with the secret. */
export interface ConnectedApp {
  clientId: string;
  secretId: string;
  secretValue: string;
  enabled: boolean;
}

export interface Session {
  token: string;
  siteId: string;
  userId: string;
  /** The personal access token that opened it; signing in again with that one ends this session. */
  patName: string | undefined;
  /** The scopes a JWT carried; undefined for a session without such limits. */
  scopes: readonly string[] | undefined;
  lastUsedAt: Date;
  ended: boolean;
}

export interface Project {
  id: string;
  siteId: string;
  name: string;
  description: string;
  parentProjectId: string | undefined;
  contentPermissions: string;
  ownerId: string;
  createdAt: Date;
  updatedAt: Date;
  isDefault: boolean;
  /** The users who may publish into it beside administrators and the owner: everyone whose role can, or these. */
  publishers: 'everyone' | readonly string[];
}

/** A file the stand-in holds on disk. */
export interface StoredFile {
  path: string;
  size: number;
  type: 'hyper' | 'tdsx' | 'tds' | 'twbx' | 'twb';
}

export interface Revision {
  number: number;
  publishedAt: Date;
  publisherId: string;
  /** A deleted revision stays listed. */
  deleted: boolean;
  file: StoredFile;
}

export interface Connection {
  id: string;
  type: string;
  serverAddress: string;
  serverPort: string;
  userName: string;
  embedPassword: boolean;
  /** The zip entry of the extract behind it, in a package. */
  entry: string | undefined;
}

/** What data sources and workbooks have in common. */
export interface Content {
  id: string;
  siteId: string;
  projectId: string;
  ownerId: string;
  name: string;
  contentUrl: string;
  description: string;
  encryptExtracts: boolean;
  hasExtracts: boolean;
  createdAt: Date;
  updatedAt: Date;
  tags: string[];
  permissions: Permission[];
  connections: Connection[];
  /** Oldest first; the last is the current content. */
  revisions: Revision[];
}

export interface Workbook extends Content {
  showTabs: boolean;
}

export interface DataSource extends Content {
  type: string;
  isCertified: boolean;
  certificationNote: string;
  useRemoteQueryAgent: boolean;
  askData: string;
  /** Live-to-Hyper: the only kind whose data can be updated in place. */
  isLiveToHyper: boolean;
  /** The data update at work; updates of one data source follow one another. */
  updating: Promise<unknown>;
}

export interface Permission {
  grantee: 'user' | 'group';
  granteeId: string;
  capability: string;
  mode: 'Allow' | 'Deny';
}

export interface Upload {
  id: string;
  siteId: string;
  sessionToken: string;
  lastUsedAt: Date;
  /** In the order of arrival; `sequence` is set when the client numbered them. */
  blocks: { path: string; size: number; sequence: number | undefined }[];
}

export interface Job {
  id: string;
  siteId: string;
  type: 'PublishDatasource' | 'PublishWorkbook' | 'UpdateUploadedFile';
  createdAt: Date;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
  finishCode: 0 | 1 | 2 | undefined;
  notes: string[];
  statusNotes: { type: string; value: string; text: string }[];
  /** The subject of an `UpdateUploadedFile` job. */
  subject: { dataSource: DataSource; connectionId: string } | undefined;
  polls: number;
  /** True if the client knows of its end; it does once it has asked often enough. */
  told: boolean;
  purged: boolean;
  stalled: boolean;
  /** Settles, never rejects, when the work behind it has ended. */
  work: Promise<void>;
}

const publishingRoles: readonly SiteRole[] = [
  'ServerAdministrator',
  'SiteAdministratorCreator',
  'SiteAdministratorExplorer',
  'Creator',
  'ExplorerCanPublish',
];

export function isAdministrator(user: User): boolean {
  return user.siteRole === 'ServerAdministrator' || user.siteRole.startsWith('SiteAdministrator');
}

export function mayPublishAtAll(user: User): boolean {
  return publishingRoles.includes(user.siteRole);
}

export function mayPublishInto(project: Project, user: User): boolean {
  if (!mayPublishAtAll(user)) return false;
  if (isAdministrator(user) || project.ownerId === user.id) return true;
  return project.publishers === 'everyone' || project.publishers.includes(user.id);
}

export function currentFile({ revisions, name }: Content): StoredFile {
  const head = revisions.at(-1);
  if (head === undefined) throw new Error(`'${name}' has no content`);
  return head.file;
}

/** Returns true if lists already show an item that was created at this moment. */
export function isIndexed({ settings }: World, createdAt: Date): boolean {
  return settings.now().getTime() >= createdAt.getTime() + settings.indexLagSeconds * 1000;
}

/** Instants travel with a resolution of one second. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** `updatedAt` of a change: now, yet always a later second than before, so that a client can see that it moved. */
export function laterThan(before: Date, now: Date): Date {
  const earliest = Math.floor(before.getTime() / 1000) * 1000 + 1000;
  return now.getTime() >= earliest ? now : new Date(earliest);
}
