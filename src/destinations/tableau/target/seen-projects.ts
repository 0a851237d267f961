import type { TableauProject } from '../../../model/config/destination.ts';
import { findProject, type ProjectSearch } from '../client/resources/projects.ts';
import type { Site } from '../client/site/site.ts';

/** Looks a project up without creating it. */
export type SeeProject = (site: Site, wanted: TableauProject, signal: AbortSignal) => Promise<ProjectSearch>;

/**
 * A project that one of many destinations has found is where it is for the others, too: a thousand items of a family ask
 * for the same one. What is not there may be made meanwhile, so that is asked again. Who publishes looks by himself.
 */
export function cacheProjects(): SeeProject {
  const searches = new Map<string, Promise<ProjectSearch>>();
  return async (site, wanted, signal) => {
    const { server, site: name, auth } = site.connection;
    const key = JSON.stringify([server, name, auth, wanted]);
    const search = searches.get(key) ?? findProject(site, wanted, signal);
    searches.set(key, search);
    const forget = () => {
      if (searches.get(key) === search) searches.delete(key);
    };
    const result = await search.catch((error: unknown) => {
      forget();
      throw error;
    });
    if (!('found' in result)) forget();
    return result;
  };
}
