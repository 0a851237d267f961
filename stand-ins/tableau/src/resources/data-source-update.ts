import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { childOf } from '../rest/element.ts';
import { readBoolean } from './booleans.ts';
import { findDataSource } from './content.ts';
import { readContentUpdate } from './content-update.ts';
import { dataSourceElement } from './data-sources.ts';

/** `PUT /datasources/{id}`: what the body does not name stays; a description or note that is empty is cleared. */
export async function updateDataSource(call: UserCall): Promise<Answer> {
  const { world } = call;
  const dataSource = findDataSource(call);
  const { asked, ...common } = await readContentUpdate(call, dataSource, world.dataSources);
  const { attributes } = asked;
  const flag = (attribute: string, before: boolean) =>
    attributes[attribute] === undefined ? before : readBoolean(attributes[attribute], attribute);

  Object.assign(dataSource, {
    ...common,
    isCertified: flag('isCertified', dataSource.isCertified),
    certificationNote: attributes.certificationNote ?? dataSource.certificationNote,
    useRemoteQueryAgent: flag('useRemoteQueryAgent', dataSource.useRemoteQueryAgent),
    askData: childOf(asked, 'askData')?.attributes.enablement ?? dataSource.askData,
  });
  if (!dataSource.isCertified) dataSource.certificationNote = '';
  return answer(200, [dataSourceElement(dataSource, call)]);
}
