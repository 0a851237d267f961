import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import type { Workbook, World } from '../world.ts';
import {
  asksForAllFields,
  contentAttributes,
  contentChildren,
  contentFilters,
  findWorkbook,
  flagField,
  rangeField,
} from './content.ts';
import { listContents } from './list-contents.ts';

export function listWorkbooks(call: UserCall): Answer {
  const { world } = call;
  return listContents(call, world.workbooks, {
    plural: 'workbooks',
    fields: workbookFields,
    filters: filterFields(world),
    elementOf: workbookElement,
  });
}

/** The names of fields that a list of workbooks can select, beside `_default_` and `_all_`. */
const workbookFields = [
  ...['id', 'name', 'contentUrl', 'description', 'size', 'createdAt', 'updatedAt', 'encryptExtracts'],
  ...['hasExtracts', 'showTabs', 'webpageUrl', 'sheetCount', 'favoritesTotal', 'hasAlert'],
  ...['project', 'owner', 'tags'],
];

export function getWorkbook(call: UserCall): Answer {
  return answer(200, [workbookElement(findWorkbook(call), call)]);
}

function filterFields(world: World): Record<string, FilterField<Workbook>> {
  return {
    ...contentFilters(world),
    displayTabs: flagField(({ showTabs }) => showTabs),
    hasAlerts: flagField(() => false),
    sheetCount: rangeField('number', () => undefined),
    subscriptionsTotal: rangeField('number', () => 0),
  };
}

export function workbookElement(workbook: Workbook, call: UserCall): Element {
  return element(
    'workbook',
    {
      ...contentAttributes(workbook),
      showTabs: workbook.showTabs,
      webpageUrl: `https://tableau.example.com/#/site/${call.site.contentUrl}/workbooks/${workbook.id}`,
      ...(asksForAllFields(call) && { favoritesTotal: 0, hasAlert: false }),
    },
    contentChildren(workbook, call),
  );
}
