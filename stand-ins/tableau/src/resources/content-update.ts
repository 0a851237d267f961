import type { UserCall } from '../call.ts';
import { readRequest } from '../rest/body.ts';
import type { Element } from '../rest/element.ts';
import { childOf } from '../rest/element.ts';
import { refuse } from '../rest/refusal.ts';
import type { Content } from '../world.ts';
import { isAdministrator, laterThan, mayPublishInto } from '../world.ts';
import { readBoolean } from './booleans.ts';
import { contentNamed, elementOf, mayChange, nounOf } from './content.ts';
import { findProject } from './projects.ts';

type Common = Pick<
  Content,
  'name' | 'projectId' | 'ownerId' | 'description' | 'encryptExtracts' | 'updatedAt'
>;

/** Reads the details that both kinds have from a `PUT`, and refuses what the user may not change. */
export async function readContentUpdate(
  call: UserCall,
  content: Content,
  all: readonly Content[],
): Promise<Common & { asked: Element }> {
  const { world, user } = call;
  const noun = nounOf(call);
  const root = await readRequest(call.body, call.headers['content-type']);
  const asked = childOf(root, elementOf(call));
  if (asked === undefined) throw refuse('400000', `The request needs a <${elementOf(call)}>.`);
  if (!mayChange(world, content, user)) {
    throw refuse('403032', `You do not have permission to update the ${noun}.`);
  }
  const projectId = childOf(asked, 'project')?.attributes.id;
  const ownerId = childOf(asked, 'owner')?.attributes.id;
  const project = findProject(call, projectId ?? content.projectId);
  if (projectId !== undefined && projectId !== content.projectId && !mayPublishInto(project, user)) {
    throw refuse('403030', `You do not have permission to move the ${noun} into the project.`);
  }
  if (ownerId !== undefined && ownerId !== content.ownerId) {
    if (!isAdministrator(user)) throw refuse('403027', 'You do not have permission to change the owner.');
    if (!world.users.some(({ id }) => id === ownerId)) {
      throw refuse('404002', `User '${ownerId}' could not be found.`);
    }
  }
  const { name = content.name, description = content.description, encryptExtracts } = asked.attributes;
  const namesake = contentNamed(all, project, name);
  if (namesake !== undefined && namesake !== content) {
    throw refuse('409015', `A ${elementOf(call)} already exists with the name '${name}'`);
  }
  return {
    asked,
    name,
    projectId: project.id,
    ownerId: ownerId ?? content.ownerId,
    description,
    encryptExtracts:
      encryptExtracts === undefined
        ? content.encryptExtracts
        : readBoolean(encryptExtracts, 'encryptExtracts'),
    updatedAt: laterThan(content.updatedAt, world.settings.now()),
  };
}
