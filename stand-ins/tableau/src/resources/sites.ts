import type { Call, UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list, textElement } from '../rest/element.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import type { Site, User } from '../world.ts';

/** Reports the versions; the only call besides sign-in that needs no token. */
export function serverInfo(call: Call): Answer {
  const { productVersion, apiVersion } = call.world.settings;
  const build = `${productVersion.replace(/^20/, '').replaceAll('.', '')}00.26.0101.0000`;
  return answer(200, [
    element('serverInfo', {}, [
      textElement('productVersion', productVersion, { build }),
      textElement('restApiVersion', apiVersion),
    ]),
  ]);
}

export function listSites(call: UserCall): Answer {
  const { items, pagination } = pageOf(call.world.sites, call.query, call.world.settings.maximumPageSize);
  return answer(200, [pagination, list('sites', items.map(siteElement))]);
}

/** `GET /sites/{id}`: the token's own site only, which the route has checked. */
export function getSite(call: UserCall): Answer {
  return answer(200, [siteElement(call.site)]);
}

export function getUser(call: UserCall): Answer {
  const user = call.world.users.find((candidate) => candidate.id === call.params.user);
  if (user === undefined) throw refuse('404002', `User '${call.params.user ?? ''}' could not be found.`);
  return answer(200, [userElement(user)]);
}

function siteElement(site: Site): Element {
  return element('site', { id: site.id, name: site.name, contentUrl: site.contentUrl, state: 'Active' });
}

function userElement(user: User): Element {
  return element('user', {
    id: user.id,
    name: user.name,
    fullName: user.fullName,
    siteRole: user.siteRole,
  });
}
