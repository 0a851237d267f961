import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readRequest } from '../rest/body.ts';
import { childOf } from '../rest/element.ts';
import { refuse } from '../rest/refusal.ts';
import { isAdministrator, laterThan, mayPublishInto } from '../world.ts';
import { readBoolean } from './booleans.ts';
import { dataSourceElement, dataSourceNamed, findDataSource, mayChange } from './data-sources.ts';
import { findProject } from './projects.ts';

/** `PUT /datasources/{id}`: what the body does not name stays; a description or note that is empty is cleared. */
export async function updateDataSource(call: UserCall): Promise<Answer> {
  const { world, user } = call;
  const dataSource = findDataSource(call);
  const root = await readRequest(call.body, call.headers['content-type']);
  const asked = childOf(root, 'datasource');
  if (asked === undefined) throw refuse('400000', 'The request needs a <datasource>.');
  if (!mayChange(world, dataSource, user)) {
    throw refuse('403032', 'You do not have permission to update the data source.');
  }

  const projectId = childOf(asked, 'project')?.attributes.id;
  const ownerId = childOf(asked, 'owner')?.attributes.id;
  const project = findProject(call, projectId ?? dataSource.projectId);
  if (projectId !== undefined && projectId !== dataSource.projectId && !mayPublishInto(project, user)) {
    throw refuse('403030', 'You do not have permission to move the data source into the project.');
  }
  if (ownerId !== undefined && ownerId !== dataSource.ownerId) {
    if (!isAdministrator(user)) throw refuse('403027', 'You do not have permission to change the owner.');
    if (!world.users.some(({ id }) => id === ownerId)) {
      throw refuse('404002', `User '${ownerId}' could not be found.`);
    }
  }
  const { attributes } = asked;
  const name = attributes.name ?? dataSource.name;
  const namesake = dataSourceNamed(world, project, name);
  if (namesake !== undefined && namesake !== dataSource) {
    throw refuse('409015', `A datasource already exists with the name '${name}'`);
  }
  const flag = (attribute: string, before: boolean) =>
    attributes[attribute] === undefined ? before : readBoolean(attributes[attribute], attribute);

  Object.assign(dataSource, {
    name,
    projectId: project.id,
    ownerId: ownerId ?? dataSource.ownerId,
    description: attributes.description ?? dataSource.description,
    isCertified: flag('isCertified', dataSource.isCertified),
    certificationNote: attributes.certificationNote ?? dataSource.certificationNote,
    encryptExtracts: flag('encryptExtracts', dataSource.encryptExtracts),
    useRemoteQueryAgent: flag('useRemoteQueryAgent', dataSource.useRemoteQueryAgent),
    askData: childOf(asked, 'askData')?.attributes.enablement ?? dataSource.askData,
    updatedAt: laterThan(dataSource.updatedAt, world.settings.now()),
  });
  if (!dataSource.isCertified) dataSource.certificationNote = '';
  return answer(200, [dataSourceElement(dataSource, call)]);
}
