import type { TableauProject } from '../../../model/config/destination.ts';
import { findProject, type Project, type ProjectSearch } from '../client/resources/projects.ts';
import type { Site } from '../client/site/site.ts';

/** Looks a project up without creating it. */
export type SeeProject = (site: Site, wanted: TableauProject, signal: AbortSignal) => Promise<ProjectSearch>;

export interface SeenProjects {
  see: SeeProject;
  /** The server has said that one of them is not there. */
  forget(): void;
}

/** A run may take hours, and projects are renamed and deleted meanwhile. */
const longestAge = 5 * 60_000;

interface Look {
  answer: Promise<Project[]>;
  at: number;
}

/**
 * A project that one of many destinations has found is where it is for the others, too: a thousand items of a family ask
 * for the same one, to be planned and to be published. What is not there may be made meanwhile, so that is asked again.
 * `signal` ends the run: who asks first may fail alone, while others wait for the same answer.
 */
export function cacheProjects(signal: AbortSignal): SeenProjects {
  const looks = new Map<string, Look>();
  const once = async ({ connection, clock }: Site, question: string, ask: () => Promise<Project[]>) => {
    const { server, site, auth } = connection;
    const key = JSON.stringify([server, site, auth, question]);
    const known = looks.get(key);
    const isRecent = known !== undefined && clock.now() - known.at < longestAge;
    const look = isRecent ? known : { answer: ask(), at: clock.now() };
    looks.set(key, look);
    const forget = () => {
      if (looks.get(key) === look) looks.delete(key);
    };
    const found = await look.answer.catch((error: unknown) => {
      forget();
      throw error;
    });
    if (found.length !== 1) forget();
    return found;
  };
  return {
    async see(site, wanted, asking) {
      const search = await findProject(site, wanted, signal, (question, ask) => once(site, question, ask));
      asking.throwIfAborted();
      return search;
    },
    forget: () => looks.clear(),
  };
}
