import { randomUUID } from 'node:crypto';

import type { Settings } from './settings.ts';
import type { ConnectedApp, Project, Site, SiteRole, User, World } from './world.ts';

/** Credentials that are obviously for trying things out. */
export const demo = {
  site: 'demo',
  patName: 'demo-token',
  patSecret: 'demo-secret-not-for-production',
  userName: 'demo',
  password: 'demo-password-not-for-production',
  connectedApp: {
    clientId: 'demo-client',
    secretId: 'demo-secret-id',
    secretValue: 'demo-connected-app-secret-not-for-production',
    enabled: true,
  },
} as const;

/** The initial content of the stand-in; the parts left out are the demo's. */
export interface Seed {
  /** Content URLs of the sites; "" is the Default site. */
  sites?: readonly string[];
  users?: readonly { name: string; password?: string; siteRole?: SiteRole }[];
  /** Each of the named user, or of the first. */
  tokens?: readonly { name: string; secret: string; user?: string }[];
  connectedApps?: readonly ConnectedApp[];
  /** Paths below each site's root, parents first or not: `Sales/Certified`. A `default` project is always there. */
  projects?: readonly string[];
}

export const demoSeed: Required<Seed> = {
  sites: [demo.site, ''],
  users: [{ name: demo.userName, password: demo.password, siteRole: 'SiteAdministratorCreator' }],
  tokens: [{ name: demo.patName, secret: demo.patSecret }],
  connectedApps: [demo.connectedApp],
  projects: ['Sales/Certified', 'Tenants'],
};

export function createWorld(settings: Settings, seed: Seed): World {
  const { sites, users, tokens, connectedApps, projects } = { ...demoSeed, ...seed };
  const world: World = {
    settings,
    sites: [],
    users: [],
    tokens: [],
    connectedApps: connectedApps.map((app) => ({ ...app })),
    sessions: new Map(),
    projects: [],
    dataSources: [],
    workbooks: [],
    uploads: new Map(),
    jobs: new Map(),
    publications: [],
    dataUpdates: new Map(),
    answeredEarly: new Set(),
  };
  for (const user of users) addUser(world, user.name, user);
  for (const { name, secret, user } of tokens) addToken(world, name, secret, user);
  for (const contentUrl of sites) {
    const site = addSite(world, contentUrl);
    for (const path of projects) addProject(world, site, path);
  }
  return world;
}

export function addUser(
  world: World,
  name: string,
  { password = '', siteRole = 'Creator' }: { password?: string; siteRole?: SiteRole } = {},
): User {
  const user = { id: randomUUID(), name, fullName: name, password, siteRole };
  world.users.push(user);
  return user;
}

export function addToken(world: World, name: string, secret: string, userName?: string): void {
  const user =
    userName === undefined ? world.users[0] : world.users.find((candidate) => candidate.name === userName);
  if (user === undefined) throw new Error(`there is no user '${userName ?? ''}' for the token '${name}'`);
  world.tokens.push({ name, secret, userId: user.id, revoked: false, lastUsedAt: world.settings.now() });
}

export function addSite(world: World, contentUrl: string): Site {
  const site = { id: randomUUID(), name: contentUrl === '' ? 'Default' : contentUrl, contentUrl };
  world.sites.push(site);
  const project = addProject(world, site, 'default');
  project.isDefault = true;
  return site;
}

/** Adds the project at the path and the parents it lacks; an existing project is returned unchanged. */
export function addProject(world: World, site: Site, path: string): Project {
  let parent: Project | undefined;
  for (const name of path.split('/')) parent = childProject(world, site, name, parent);
  if (parent === undefined) throw new Error('the path of a project is empty');
  return parent;
}

function childProject(world: World, site: Site, name: string, parent: Project | undefined): Project {
  const existing = world.projects.find(
    (other) => other.siteId === site.id && other.parentProjectId === parent?.id && other.name === name,
  );
  if (existing !== undefined) return existing;
  const [owner] = world.users;
  if (owner === undefined) throw new Error('there must be a user to own the projects');
  const now = world.settings.now();
  const project: Project = {
    id: randomUUID(),
    siteId: site.id,
    name,
    description: '',
    parentProjectId: parent?.id,
    contentPermissions: 'ManagedByOwner',
    ownerId: owner.id,
    createdAt: now,
    updatedAt: now,
    isDefault: false,
    publishers: 'everyone',
  };
  world.projects.push(project);
  return project;
}
