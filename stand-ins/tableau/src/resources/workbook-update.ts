import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { isAtLeast } from '../settings.ts';
import { readBoolean } from './booleans.ts';
import { findWorkbook } from './content.ts';
import { readContentUpdate } from './content-update.ts';
import { workbookElement } from './workbooks.ts';

/** `PUT /workbooks/{id}`: what the body does not name stays. Workbooks have a description from 3.21 on. */
export async function updateWorkbook(call: UserCall): Promise<Answer> {
  const workbook = findWorkbook(call);
  const { asked, description, ...common } = await readContentUpdate(call, workbook, call.world.workbooks);
  const { showTabs } = asked.attributes;
  Object.assign(workbook, {
    ...common,
    ...(isAtLeast(call.version, '3.21') && { description }),
    ...(showTabs !== undefined && { showTabs: readBoolean(showTabs, 'showTabs') }),
  });
  return answer(200, [workbookElement(workbook, call)]);
}
