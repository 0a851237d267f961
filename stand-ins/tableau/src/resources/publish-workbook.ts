import type { Workbook } from '../world.ts';
import { addRevision, newContent, tellPublished } from './publication.ts';
import { publisherOf, type PublishKind } from './publish.ts';
import { readWorkbookPayload, type AskedWorkbook } from './publish-request.ts';
import { workbookElement } from './workbooks.ts';

const kind: PublishKind<AskedWorkbook, Workbook> = {
  element: 'workbook',
  noun: 'workbook',
  jobType: 'PublishWorkbook',
  files: ['twbx', 'twb'],
  readPayload: readWorkbookPayload,
  all: ({ workbooks }) => workbooks,
  toElement: workbookElement,
  async record(call, publication, contents, existing) {
    const { world } = call;
    const { showTabs } = publication.asked;
    const workbook: Workbook = existing ?? { ...newContent(call, publication, world.workbooks), showTabs };
    workbook.showTabs = showTabs;
    if (existing === undefined) world.workbooks.push(workbook);
    await addRevision(call, workbook, publication, contents);
    tellPublished(call, { noun: kind.noun, content: workbook }, publication);
    return workbook;
  },
};

export const publishWorkbook = publisherOf(kind);
