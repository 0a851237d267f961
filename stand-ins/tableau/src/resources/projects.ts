import { randomUUID } from 'node:crypto';

import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readRequest } from '../rest/body.ts';
import type { Element } from '../rest/element.ts';
import { childOf, element, list } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import { filterAndSort, flagOperators, rangeOperators, textOperators } from '../rest/filters.ts';
import { readFields } from '../rest/fields.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import { isAtLeast } from '../settings.ts';
import type { Project, World } from '../world.ts';
import { instant, isAdministrator, isIndexed, laterThan, mayPublishInto } from '../world.ts';

export function listProjects(call: UserCall): Answer {
  const { world, site, query } = call;
  const wanted = readFields(query, projectFields);
  const all = world.projects.filter(
    ({ siteId, createdAt }) => siteId === site.id && isIndexed(world, createdAt),
  );
  const found = filterAndSort(all, query, filterFields(world));
  const { items, pagination } = pageOf(found, query, world.settings.maximumPageSize);
  call.tell({
    what: 'projects-looked-up',
    site: site.contentUrl,
    filter: query.get('filter') ?? '',
    found: found.length,
  });
  const projects = items.map((project) => wanted.of(projectElement(project, call)));
  return answer(200, [pagination, list('projects', projects)]);
}

/** The names of fields that a list of projects can select, beside `_default_` and `_all_`. */
const projectFields = [
  ...['id', 'name', 'description', 'contentPermissions', 'parentProjectId', 'createdAt', 'updatedAt'],
  ...['topLevelProject', 'writeable', 'owner', 'contentsCounts'],
];

function filterFields(world: World): Record<string, FilterField<Project>> {
  const owner = (project: Project) => world.users.find((user) => user.id === project.ownerId);
  return {
    name: { operators: textOperators, read: (project) => project.name },
    ownerName: { operators: textOperators, read: (project) => owner(project)?.name },
    ownerEmail: { operators: textOperators, read: (project) => owner(project)?.name },
    ownerDomain: { operators: textOperators, read: () => 'local' },
    parentProjectId: { operators: textOperators, read: (project) => project.parentProjectId },
    topLevelProject: { operators: flagOperators, read: (project) => project.parentProjectId === undefined },
    createdAt: {
      operators: rangeOperators,
      values: 'instant',
      read: (project) => instant(project.createdAt),
    },
    updatedAt: {
      operators: rangeOperators,
      values: 'instant',
      read: (project) => instant(project.updatedAt),
    },
  };
}

function projectElement(project: Project, call: UserCall): Element {
  const { world, user } = call;
  const allFields = call.query.get('fields')?.split(',').includes('_all_') === true;
  const counted = (items: readonly { siteId: string }[]) => String(items.length);
  return element(
    'project',
    {
      id: project.id,
      name: project.name,
      description: project.description,
      contentPermissions: project.contentPermissions,
      // Older clients see every project as top level.
      parentProjectId: isAtLeast(call.version, '2.8') ? project.parentProjectId : undefined,
      createdAt: instant(project.createdAt),
      updatedAt: instant(project.updatedAt),
      topLevelProject: allFields ? project.parentProjectId === undefined : undefined,
      writeable: allFields ? mayPublishInto(project, user) : undefined,
    },
    [
      element('owner', { id: project.ownerId }),
      allFields
        ? element('contentsCounts', {
            projectCount: counted(world.projects.filter((other) => other.parentProjectId === project.id)),
            datasourceCount: counted(world.dataSources.filter((other) => other.projectId === project.id)),
            workbookCount: counted(world.workbooks.filter((other) => other.projectId === project.id)),
            viewCount: 0,
          })
        : undefined,
    ],
  );
}

const contentPermissions = ['LockedToProject', 'ManagedByOwner', 'LockedToProjectWithoutNested'];

export async function createProject(call: UserCall): Promise<Answer> {
  const { world, site, user } = call;
  const asked = await readProject(call);
  const {
    name,
    description = '',
    contentPermissions: permissions = 'ManagedByOwner',
    parentProjectId,
  } = asked;
  if (name === undefined || name.trim() === '') throw refuse('400000', 'A project needs a name.');
  checkPermissions(permissions, call);
  const parent = parentProjectId === undefined ? undefined : findProject(call, parentProjectId);
  const mayCreate = isAdministrator(user) || parent?.ownerId === user.id;
  if (!mayCreate) throw refuse('403045', 'You do not have permission to create a project.');
  checkNameIsFree(world, { siteId: site.id, name, parentProjectId });
  const now = world.settings.now();
  const project: Project = {
    id: randomUUID(),
    siteId: site.id,
    name,
    description,
    parentProjectId,
    contentPermissions: permissions,
    ownerId: user.id,
    createdAt: now,
    updatedAt: now,
    isDefault: false,
    publishers: 'everyone',
  };
  world.projects.push(project);
  call.tell({ what: 'project-created', path: pathOf(world, project) });
  return answer(201, [projectElement(project, call)]);
}

/** Changes what the body names; an empty body changes nothing, which is how official clients ask for one project. */
export async function updateProject(call: UserCall): Promise<Answer> {
  const { world, user } = call;
  const project = findProject(call, call.params.project ?? '');
  if (!isAdministrator(user) && project.ownerId !== user.id) {
    throw refuse('403004', 'You do not have permission to update the project.');
  }
  const asked = await readProject(call);
  const name = asked.name ?? project.name;
  const parentProjectId = asked.parentProjectId ?? project.parentProjectId;
  if (project.isDefault && name !== project.name)
    throw refuse('403005', 'The default project cannot be renamed.');
  if (asked.contentPermissions !== undefined) checkPermissions(asked.contentPermissions, call);
  if (name !== project.name || parentProjectId !== project.parentProjectId) {
    checkNameIsFree(world, { siteId: project.siteId, name, parentProjectId }, project);
  }
  if (parentProjectId !== project.parentProjectId) checkParent(call, project, parentProjectId);
  Object.assign(project, {
    ...asked,
    parentProjectId,
    updatedAt: laterThan(project.updatedAt, world.settings.now()),
  });
  return answer(200, [projectElement(project, call)]);
}

export function deleteProject(call: UserCall): Answer {
  const { world, user } = call;
  const project = findProject(call, call.params.project ?? '');
  if (project.isDefault) throw refuse('403003', 'The default project cannot be deleted.');
  if (!isAdministrator(user) && project.ownerId !== user.id) {
    throw refuse('403004', 'You do not have permission to delete the project.');
  }
  const doomed = new Set([project.id]);
  for (const id of doomed) {
    for (const child of world.projects) if (child.parentProjectId === id) doomed.add(child.id);
  }
  world.projects = world.projects.filter((other) => !doomed.has(other.id));
  world.dataSources = world.dataSources.filter((dataSource) => !doomed.has(dataSource.projectId));
  world.workbooks = world.workbooks.filter((workbook) => !doomed.has(workbook.projectId));
  call.tell({ what: 'deleted', name: project.name });
  return answer(204);
}

type AskedProject = Partial<
  Pick<Project, 'name' | 'description' | 'contentPermissions'> & { parentProjectId: string }
>;

async function readProject(call: UserCall): Promise<AskedProject> {
  const root = await readRequest(call.body, call.headers['content-type']);
  const asked = childOf(root, 'project');
  if (asked === undefined) throw refuse('400000', 'The request needs a <project>.');
  const { id, name, description, contentPermissions: permissions, parentProjectId } = asked.attributes;
  if (id !== undefined && id !== call.params.project) {
    throw refuse('404009', 'The project id of the request body is not the one of the URI.');
  }
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(permissions !== undefined && { contentPermissions: permissions }),
    ...(parentProjectId !== undefined && parentProjectId !== '' && { parentProjectId }),
  };
}

/** A project cannot be below itself, at any depth; a parent that does not exist is refused with 404005. */
function checkParent(call: UserCall, project: Project, parentId: string | undefined): void {
  for (let id = parentId; id !== undefined; id = findProject(call, id).parentProjectId) {
    if (id === project.id) throw refuse('400000', `The project '${project.name}' cannot be its own parent.`);
  }
}

function checkPermissions(permissions: string, call: UserCall): void {
  const tooNew = permissions === 'LockedToProjectWithoutNested' && !isAtLeast(call.version, '3.8');
  if (!contentPermissions.includes(permissions) || tooNew) {
    throw refuse('400008', `Invalid value '${permissions}' for contentPermissions.`);
  }
}

function checkNameIsFree(
  world: World,
  wanted: Pick<Project, 'siteId' | 'name' | 'parentProjectId'>,
  except?: Project,
): void {
  const clash = world.projects.some(
    (other) =>
      other !== except &&
      other.siteId === wanted.siteId &&
      other.parentProjectId === wanted.parentProjectId &&
      other.name.toLowerCase() === wanted.name.toLowerCase(),
  );
  if (clash) throw refuse('409006', `A project already exists with the name '${wanted.name}'`);
}

/** Returns the project with this id on the call's site; refuses with 404005 when there is none. */
export function findProject(call: UserCall, id: string): Project {
  const found = call.world.projects.find((project) => project.id === id && project.siteId === call.site.id);
  if (found === undefined) throw refuse('404005', `Project '${id}' could not be found.`);
  return found;
}

/** `Sales/Certified`, for people; names that contain a slash make it ambiguous. */
export function pathOf(world: World, project: Project): string {
  const parent = world.projects.find((other) => other.id === project.parentProjectId);
  return parent === undefined ? project.name : `${pathOf(world, parent)}/${project.name}`;
}
