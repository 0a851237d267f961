import type { UserCall } from '../call.ts';
import { refuse } from '../rest/refusal.ts';

const hour = 60 * 60 * 1000;

/** Counts one publication or update of data; refuses it where the site has taken too many within an hour. */
export function countPublication({ world, site }: UserCall): void {
  const now = world.settings.now();
  world.publications = world.publications.filter(({ at }) => now.getTime() - at.getTime() < hour);
  const taken = world.publications.filter(({ siteId }) => siteId === site.id);
  const limit = world.settings.publicationsPerHour;
  const [oldest] = taken.slice(-limit);
  if (taken.length >= limit && oldest !== undefined) {
    const seconds = Math.ceil((oldest.at.getTime() + hour - now.getTime()) / 1000);
    throw refuse('429000', `The site takes ${limit} publications an hour.`, {
      'Retry-After': String(seconds),
    });
  }
  world.publications.push({ siteId: site.id, at: now });
}
