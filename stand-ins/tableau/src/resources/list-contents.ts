import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { list } from '../rest/element.ts';
import { readFields } from '../rest/fields.ts';
import type { FilterField } from '../rest/filters.ts';
import { filterAndSort } from '../rest/filters.ts';
import { pageOf } from '../rest/paging.ts';
import type { Content } from '../world.ts';
import { isIndexed } from '../world.ts';

/** One kind of content, as a list of it is asked for and written. */
interface Listed<One> {
  plural: 'datasources' | 'workbooks';
  /** The names of fields that a list can select, beside `_default_` and `_all_`. */
  fields: readonly string[];
  filters: Record<string, FilterField<One>>;
  elementOf: (content: One, call: UserCall) => Element;
}

/** Returns one page of those of the site that are indexed by now and match the filters. */
export function listContents<One extends Content>(
  call: UserCall,
  contents: readonly One[],
  { plural, fields, filters, elementOf }: Listed<One>,
): Answer {
  const { world, site, query } = call;
  const wanted = readFields(query, fields);
  const all = contents.filter(({ siteId, createdAt }) => siteId === site.id && isIndexed(world, createdAt));
  const { items, pagination } = pageOf(
    filterAndSort(all, query, filters),
    query,
    world.settings.maximumPageSize,
  );
  return answer(200, [
    pagination,
    list(
      plural,
      items.map((one) => wanted.of(elementOf(one, call))),
    ),
  ]);
}
