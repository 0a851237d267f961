import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { Content } from '../world.ts';
import { elementOf, findContent } from './content.ts';

/** The rules set on a data source or workbook; they belong to its id and stay when it is overwritten. */
export function listPermissions(call: UserCall): Answer {
  const content = findContent(call);
  const subject = element(elementOf(call), { id: content.id, name: content.name }, [
    element('owner', { id: content.ownerId }),
  ]);
  return answer(200, [element('permissions', {}, [subject, ...granteeElements(content)])]);
}

function granteeElements({ permissions }: Content): Element[] {
  const seen = new Set<string>();
  return permissions.flatMap(({ grantee, granteeId }) => {
    if (seen.has(granteeId)) return [];
    seen.add(granteeId);
    const capabilities = permissions
      .filter((rule) => rule.granteeId === granteeId)
      .map(({ capability, mode }) => element('capability', { name: capability, mode }));
    return [
      element('granteeCapabilities', {}, [
        element(grantee, { id: granteeId }),
        list('capabilities', capabilities),
      ]),
    ];
  });
}
