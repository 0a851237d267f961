import type { TableauDestination } from '../../../model/config/destination.ts';
import { showProjectPath } from '../../../model/config/project-path.ts';
import { child } from '../../../model/errors/diagnostic.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import type { Content } from '../client/resources/content.ts';
import type { Collection } from '../client/resources/content-kind.ts';
import { createProject, type Project, type ProjectSearch } from '../client/resources/projects.ts';
import type { Site } from '../client/site/site.ts';
import type { SeeProject } from './seen-projects.ts';

/** A destination on its site, with its project and what is published there before we do anything. */
export interface Target extends Collection {
  destination: TableauDestination;
  project: Project;
  before: Content | undefined;
}

/** The project to publish into; made if that is wished. */
export async function projectFor(
  site: Site,
  destination: TableauDestination,
  { seeProject, signal }: { seeProject: SeeProject; signal: AbortSignal },
): Promise<Project> {
  const search = await seeProject(site, destination.project, signal);
  if ('found' in search) return search.found;
  const problem = projectProblem(search, destination);
  if (problem !== undefined || !('missing' in search)) throw problem ?? new Error('no project, no problem');
  let { under } = search.missing;
  for (const name of search.missing.rest) under = await createProject(site, name, under, signal);
  if (under === undefined) throw new Error('a project was missing that has no name');
  return under;
}

/** Returns why the project does not exist and cannot be created; undefined where it may be created. */
export function projectProblem(
  search: Exclude<ProjectSearch, { found: Project }>,
  { project, createProject: mayCreate, place: destination }: TableauDestination,
): RunError | undefined {
  const place = child(destination, 'project');
  if ('ambiguous' in search) {
    const { name, count } = search.ambiguous;
    return new RunError('EXT5106', `there are ${count} projects "${name}" side by side`, {
      hint: 'name the one that you mean by its id: project: {id: …}',
      place,
    });
  }
  if (project.kind === 'id') {
    return new RunError('EXT5106', `there is no project with the id ${project.id}, or it cannot be seen`, {
      hint: 'check the id; the project must be visible to our user',
      place,
    });
  }
  if (mayCreate) return undefined;
  const { under, rest, nearby } = search.missing;
  const [name = ''] = rest;
  const where = under === undefined ? 'at the top' : `in "${showProjectPath(under.path)}"`;
  const there =
    nearby.length === 0
      ? 'that place has no projects'
      : `there is ${nearby.map((one) => `"${one}"`).join(', ')}`;
  const split = name.includes('/') || project.path.length > 1 ? '; a slash inside a name is written \\/' : '';
  return new RunError('EXT5106', `there is no project "${name}" ${where}: ${there}`, {
    hint: `correct project:, or have it made with create_project: true${split}`,
    place,
  });
}
