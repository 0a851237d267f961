import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list } from '../rest/element.ts';
import type { DataSource } from '../world.ts';
import { findDataSource } from './data-sources.ts';

/** The rules set on a data source; they belong to its id and stay when it is overwritten. */
export function listPermissions(call: UserCall): Answer {
  const dataSource = findDataSource(call);
  const subject = element('datasource', { id: dataSource.id, name: dataSource.name }, [
    element('owner', { id: dataSource.ownerId }),
  ]);
  return answer(200, [element('permissions', {}, [subject, ...granteeElements(dataSource)])]);
}

function granteeElements(dataSource: DataSource): Element[] {
  const seen = new Set<string>();
  return dataSource.permissions.flatMap(({ grantee, granteeId }) => {
    if (seen.has(granteeId)) return [];
    seen.add(granteeId);
    const capabilities = dataSource.permissions
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
