import type { Faults } from './faults.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { addProject, addSite, addToken, addUser } from './seed.ts';
import { pathOf } from './resources/projects.ts';
import type { Settings } from './settings.ts';
import type {
  Content,
  DataSource,
  Job,
  Project,
  Site,
  SiteRole,
  StoredFile,
  Upload,
  User,
  Workbook,
  World,
} from './world.ts';
import { currentFile } from './world.ts';

/**
 * The test's side of the stand-in. It hands out the records themselves: reading them shows the content of the server,
 * changing them plays another user's change on the server.
 */
export interface Control {
  world: World;
  faults: Faults;
  /** Changes settings while it runs: limits, versions, the clock. */
  configure: (changes: Partial<Settings>) => void;
  addUser: (name: string, details?: { password?: string; siteRole?: SiteRole }) => User;
  addToken: (name: string, secret: string, userName?: string) => void;
  addSite: (contentUrl: string) => Site;
  /** Adds a project by its path, with the parents it lacks; by default on the first site. */
  addProject: (path: string, contentUrl?: string) => Project;
  /** Returns the project at a path; throws when there is none. */
  project: (path: string, contentUrl?: string) => Project;
  /** All data sources, or those of a name. */
  dataSources: (name?: string) => DataSource[];
  /** Returns the one data source of this name (in the project at this path); throws when there is none or several. */
  dataSource: (name: string, projectPath?: string) => DataSource;
  /** Returns the one workbook of this name (in the project at this path); throws when there is none or several. */
  workbook: (name: string, projectPath?: string) => Workbook;
  /** The file with the bytes that a data source or workbook now has. */
  fileOf: (content: Content) => StoredFile;
  uploads: () => Upload[];
  jobs: () => Job[];
  requests: () => readonly LoggedRequest[];
  /** Ends sessions: all of them, or those opened with one personal access token. */
  endSessions: (patName?: string) => void;
  /** Makes personal access tokens useless and ends their sessions, as an administrator can. */
  revokeToken: (patName: string) => void;
  /** Forgets uploads or jobs, as the server does with old ones. */
  purgeUploads: () => void;
  purgeJobs: () => void;
  /** Settles when all background work has ended. */
  settled: () => Promise<void>;
  /** The errors of the stand-in itself; a test that ends with some has found a defect in it. */
  defects: readonly unknown[];
}

export function createControl(
  world: World,
  parts: { faults: Faults; log: RequestLog; defects: readonly unknown[] },
): Control {
  const siteOf = (contentUrl = world.sites[0]?.contentUrl): Site => {
    const found = world.sites.find((site) => site.contentUrl === contentUrl);
    if (found === undefined) throw new Error(`there is no site '${contentUrl ?? ''}'`);
    return found;
  };
  const endSessions = (patName?: string) => {
    for (const session of world.sessions.values()) {
      if (patName === undefined || session.patName === patName) session.ended = true;
    }
  };
  return {
    world,
    faults: parts.faults,
    defects: parts.defects,
    configure: (changes) => void Object.assign(world.settings, changes),
    addUser: (name, details) => addUser(world, name, details),
    addToken: (name, secret, userName) => addToken(world, name, secret, userName),
    addSite: (contentUrl) => addSite(world, contentUrl),
    addProject: (path, contentUrl) => addProject(world, siteOf(contentUrl), path),
    project(path, contentUrl) {
      const { id } = siteOf(contentUrl);
      const found = world.projects.find(
        (project) => project.siteId === id && pathOf(world, project) === path,
      );
      if (found === undefined) throw new Error(`there is no project '${path}'`);
      return found;
    },
    dataSources: (name) => world.dataSources.filter((one) => name === undefined || one.name === name),
    dataSource: (name, projectPath) => theOne(world, world.dataSources, name, projectPath),
    workbook: (name, projectPath) => theOne(world, world.workbooks, name, projectPath),
    fileOf: currentFile,
    uploads: () => [...world.uploads.values()],
    jobs: () => [...world.jobs.values()],
    requests: () => parts.log.entries,
    endSessions,
    revokeToken(patName) {
      for (const token of world.tokens) if (token.name === patName) token.revoked = true;
      endSessions(patName);
    },
    purgeUploads: () => world.uploads.clear(),
    purgeJobs() {
      for (const job of world.jobs.values()) job.purged = true;
    },
    async settled() {
      await Promise.all(world.answeredEarly);
      for (const job of world.jobs.values()) await job.work;
    },
  };
}

function theOne<One extends Content>(
  world: World,
  all: readonly One[],
  name: string,
  projectPath: string | undefined,
): One {
  const [found, ...others] = all.filter((one) => {
    const project = world.projects.find(({ id }) => id === one.projectId);
    const isThere = projectPath === undefined || (project && pathOf(world, project) === projectPath);
    return one.name === name && isThere === true;
  });
  if (found === undefined || others.length > 0) {
    throw new Error(`there is ${found === undefined ? 'nothing' : 'more than one'} of the name '${name}'`);
  }
  return found;
}
