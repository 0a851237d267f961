import { expect, test } from 'vitest';
import type { Element } from '../../../src/destinations/tableau/client/http/answer-xml.ts';
import { Refused } from '../../../src/destinations/tableau/client/http/answer.ts';
import { kindOf, type Collection } from '../../../src/destinations/tableau/client/resources/content-kind.ts';
import { openListings } from '../../../src/destinations/tableau/target/listings.ts';
import type { Site } from '../../../src/destinations/tableau/client/site/site.ts';
import { destinationOn } from './support.ts';

const signal = new AbortController().signal;
const destination = (name: string) => destinationOn('http://127.0.0.1', { name });

/** A site with a data source of each name that is asked for; it refuses lists where `refusesLists`. */
function siteWith({ refusesLists = false } = {}) {
  const filters: string[] = [];
  const element = (name: string): Element => ({
    name: 'datasource',
    attributes: { id: `id of ${name}`, name },
    children: [],
    text: '',
  });
  const list: Site['list'] = ({ query }) => {
    const filter = query?.filter ?? '';
    filters.push(filter);
    const [, operator = '', value = ''] = /^name:(eq|in):(.*)$/.exec(filter) ?? [];
    if (operator === 'eq') return Promise.resolve([element(value)]);
    if (refusesLists) {
      const facts = { status: 400, code: '400065', detail: '', retryAfter: undefined, location: undefined };
      return Promise.reject(new Refused({ ...facts, body: 'api' }));
    }
    return Promise.resolve(value.slice(1, -1).split(',').map(element));
  };
  const site = { connection: destination('').connection, list } as unknown as Site;
  const collection: Collection = { site, kind: kindOf(destination('')) };
  return { collection, filters };
}

const names = Array.from({ length: 500 }, (_, index) => `Sales tenant-${index}`);

test('expected names are listed together, in addresses that servers take', async () => {
  const { collection, filters } = siteWith();
  const listings = openListings();
  listings.expect(names.map(destination));
  for (const name of names)
    expect((await listings.named(collection, name, signal)).map(({ id }) => id)).toEqual([`id of ${name}`]);
  expect(filters.length).toBe(3);
  expect(filters.every((filter) => encodeURIComponent(filter).length < 4100)).toBe(true);
});

test('a name that is asked for again is listed again', async () => {
  const { collection, filters } = siteWith();
  const listings = openListings();
  listings.expect(['a', 'b'].map(destination));
  for (const name of ['a', 'b', 'b', 'a', 'other']) await listings.named(collection, name, signal);
  expect(filters).toEqual(['name:in:[a,b]', 'name:eq:b', 'name:eq:a', 'name:eq:other']);
});

test('names that no filter holds are not listed with others, and an only one is listed as before', async () => {
  const { collection, filters } = siteWith();
  const listings = openListings();
  listings.expect(['a', 'b, c', 'd*'].map(destination));
  for (const name of ['a', 'b, c', 'd*']) await listings.named(collection, name, signal);
  expect(filters).toEqual(['name:eq:a', '', '']);
});

test('where a server refuses the list, each name is asked for alone', async () => {
  const { collection, filters } = siteWith({ refusesLists: true });
  const listings = openListings();
  listings.expect(['a', 'b'].map(destination));
  for (const name of ['a', 'b'])
    expect((await listings.named(collection, name, signal)).map(({ id }) => id)).toEqual([`id of ${name}`]);
  expect(filters).toEqual(['name:in:[a,b]', 'name:eq:a', 'name:eq:b']);
});
