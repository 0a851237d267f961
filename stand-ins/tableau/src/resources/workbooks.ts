import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { FilterField } from '../rest/filters.ts';
import { filterAndSort } from '../rest/filters.ts';
import { readFields } from '../rest/fields.ts';
import { pageOf } from '../rest/paging.ts';
import type { Workbook, World } from '../world.ts';
import { isIndexed } from '../world.ts';
import {
  asksForAllFields,
  contentAttributes,
  contentChildren,
  contentFilters,
  findWorkbook,
  flagField,
  rangeField,
} from './content.ts';

export function listWorkbooks(call: UserCall): Answer {
  const { world, site, query } = call;
  const wanted = readFields(query, workbookFields);
  const all = world.workbooks.filter(
    ({ siteId, createdAt }) => siteId === site.id && isIndexed(world, createdAt),
  );
  const found = filterAndSort(all, query, filterFields(world));
  const { items, pagination } = pageOf(found, query, world.settings.maximumPageSize);
  const elements = items.map((workbook) => wanted.of(workbookElement(workbook, call)));
  return answer(200, [pagination, list('workbooks', elements)]);
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
