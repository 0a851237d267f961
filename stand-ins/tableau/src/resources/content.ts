import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import { flagOperators, rangeOperators, textOperators } from '../rest/filters.ts';
import { refuse } from '../rest/refusal.ts';
import type { Content, DataSource, Project, User, Workbook, World } from '../world.ts';
import { currentFile, instant, isAdministrator, mayPublishInto } from '../world.ts';

/** The data source or workbook of the path. */
export function findContent(call: UserCall): Content {
  return call.params.workbook === undefined ? findDataSource(call) : findWorkbook(call);
}

/** What the path is about, for messages. */
export const nounOf = ({ params }: UserCall) => (params.workbook === undefined ? 'data source' : 'workbook');

/** The name that elements and parts of a form have. */
export const elementOf = ({ params }: UserCall) =>
  params.workbook === undefined ? 'datasource' : 'workbook';

/** The data source of the path; refuses with 404004 when the call's site has none of that id. */
export function findDataSource(call: UserCall): DataSource {
  const id = call.params.dataSource ?? '';
  const found = call.world.dataSources.find((one) => one.id === id && one.siteId === call.site.id);
  if (found === undefined) throw refuse('404004', `Datasource '${id}' could not be found.`);
  return found;
}

/** The workbook of the path; refuses with 404006 when the call's site has none of that id. */
export function findWorkbook(call: UserCall): Workbook {
  const id = call.params.workbook ?? '';
  const found = call.world.workbooks.find((one) => one.id === id && one.siteId === call.site.id);
  if (found === undefined) throw refuse('404006', `Workbook '${id}' could not be found.`);
  return found;
}

export function deleteContent(call: UserCall): Answer {
  const { world } = call;
  const content = findContent(call);
  if (!mayChange(world, content, call.user)) {
    throw refuse('403004', `You do not have permission to delete the ${nounOf(call)}.`);
  }
  world.dataSources = world.dataSources.filter((other) => other !== content);
  world.workbooks = world.workbooks.filter((other) => other !== content);
  call.tell({ what: 'deleted', name: content.name });
  return answer(204);
}

export function mayChange(world: World, content: Content, user: User): boolean {
  if (isAdministrator(user) || content.ownerId === user.id) return true;
  const project = world.projects.find((candidate) => candidate.id === content.projectId);
  return project !== undefined && mayPublishInto(project, user);
}

/** The one of this name in the project; names are unique there without regard to case. */
export function contentNamed<One extends Content>(
  all: readonly One[],
  project: Project,
  name: string,
): One | undefined {
  return all.find(
    (other) => other.projectId === project.id && other.name.toLowerCase() === name.toLowerCase(),
  );
}

/** The `size` attribute: megabytes, at least one. */
export function sizeOf(content: Content): number {
  return Math.max(1, Math.round(currentFile(content).size / (1024 * 1024)));
}

export function asksForAllFields({ query }: UserCall): boolean {
  return query.get('fields')?.split(',').includes('_all_') === true;
}

/** The attributes of both kinds. */
export function contentAttributes(content: Content) {
  return {
    id: content.id,
    name: content.name,
    contentUrl: content.contentUrl,
    description: content.description === '' ? undefined : content.description,
    size: sizeOf(content),
    createdAt: instant(content.createdAt),
    updatedAt: instant(content.updatedAt),
    encryptExtracts: content.encryptExtracts,
    hasExtracts: content.hasExtracts,
  };
}

/** Project, owner and tags. */
export function contentChildren(content: Content, call: UserCall): Element[] {
  const { world } = call;
  const project = world.projects.find((candidate) => candidate.id === content.projectId);
  const owner = world.users.find((user) => user.id === content.ownerId);
  const fullOwner = asksForAllFields(call)
    ? { name: owner?.name, fullName: owner?.fullName, siteRole: owner?.siteRole, email: owner?.name }
    : {};
  return [
    element('project', { id: project?.id, name: project?.name }),
    element('owner', { id: content.ownerId, ...fullOwner }),
    tagsElement(content.tags),
  ];
}

export function tagsElement(tags: readonly string[]): Element {
  return list(
    'tags',
    tags.map((label) => element('tag', { label })),
  );
}

type Read<One> = FilterField<One>['read'];

export const textField = <One>(read: Read<One>): FilterField<One> => ({ operators: textOperators, read });
export const flagField = <One>(read: Read<One>): FilterField<One> => ({ operators: flagOperators, read });
export const rangeField = <One>(values: 'instant' | 'number', read: Read<One>): FilterField<One> => ({
  operators: rangeOperators,
  values,
  read,
});

/**
 * Returns the filter fields of both kinds. There is no project id and no parent project among them: names of nested
 * projects cannot be distinguished.
 */
export function contentFilters(world: World): Record<string, FilterField<Content>> {
  const owner = ({ ownerId }: Content) => world.users.find((user) => user.id === ownerId);
  return {
    name: textField(({ name }) => name),
    projectName: textField(({ projectId }) => world.projects.find(({ id }) => id === projectId)?.name),
    contentUrl: textField(({ contentUrl }) => contentUrl),
    tags: textField(({ tags }) => tags),
    ownerName: textField((content) => owner(content)?.name),
    ownerDomain: textField(() => 'local'),
    ownerEmail: flagField((content) => owner(content)?.name),
    hasExtracts: flagField(({ hasExtracts }) => hasExtracts),
    createdAt: rangeField('instant', ({ createdAt }) => instant(createdAt)),
    updatedAt: rangeField('instant', ({ updatedAt }) => instant(updatedAt)),
    size: rangeField('number', sizeOf),
    favoritesTotal: rangeField('number', () => 0),
  };
}
