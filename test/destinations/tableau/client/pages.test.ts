import { expect, test } from 'vitest';
import { openSite } from '../../../../src/destinations/tableau/client/site/open-site.ts';
import type { Reply } from '../../../../src/destinations/tableau/client/http/exchange.ts';

const signedIn = {
  token: 't',
  siteId: 's',
  userId: 'u',
  server: 'https://tableau.test',
  version: { major: 3, minor: 27 },
};

/** Lists projects of a server that answers the nth request for a page like this; gives the ids, and the pages asked for. */
async function list(answer: (page: number, request: number) => Reply) {
  const pages: number[] = [];
  const site = openSite(
    {
      server: signedIn.server,
      site: 'acme',
      auth: { kind: 'password', user: 'u', password: 'p' },
      allowInsecure: false,
      timeout: 1,
    },
    {
      use: () => Promise.resolve(signedIn),
      renew: () => Promise.reject(new Error('the session does not end')),
      close: () => Promise.resolve(),
    },
    {
      transport({ url }) {
        const page = Number(url.searchParams.get('pageNumber'));
        pages.push(page);
        if (pages.length > 50) throw new Error('it asks endlessly');
        return Promise.resolve(answer(page, pages.length));
      },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      onWait: () => undefined,
    },
  );
  const { signal } = new AbortController();
  const items = await site.list({ path: ['projects'], signal }, 'projects', 'project');
  return { ids: items.map(({ attributes }) => attributes.id), pages };
}

function page(ids: readonly string[], total: string): Reply {
  const items = ids.map((id) => `<project id="${id}"/>`).join('');
  const pagination = `<pagination pageNumber="1" pageSize="2" totalAvailable="${total}"/>`;
  const text = `<tsResponse xmlns="http://tableau.com/api">${pagination}<projects>${items}</projects></tsResponse>`;
  return { status: 200, headers: {}, text };
}

const noSuchPage: Reply = {
  status: 400,
  headers: {},
  text: '<tsResponse xmlns="http://tableau.com/api"><error code="400006"><summary>Bad Request</summary><detail>Invalid page number.</detail></error></tsResponse>',
};

const first = page(['a', 'b'], '3');

test('a list is read page by page', async () => {
  expect(await list((number) => (number === 1 ? first : page(['c'], '3')))).toEqual({
    ids: ['a', 'b', 'c'],
    pages: [1, 2],
  });
});

test('begins again when a later page no longer exists', async () => {
  const shorter = page(['b', 'c'], '2');
  const { ids, pages } = await list((number, request) =>
    number === 2 ? noSuchPage : request === 1 ? first : shorter,
  );
  expect(ids).toEqual(['b', 'c']);
  expect(pages).toEqual([1, 2, 1]);
});

test('gives up when that happens again and again', async () => {
  let asked = 0;
  const failed = list((number) => {
    asked++;
    return number === 1 ? first : noSuchPage;
  });
  await expect(failed).rejects.toMatchObject({ status: 400, code: '400006' });
  expect(asked).toBe(10);
});

test('begins again when an item moved up unseen, because one before it was removed', async () => {
  const { ids, pages } = await list((number, request) => {
    if (request === 1) return page(['a', 'b'], '5');
    // "a" is removed: "c" is on the first page now, and would be missed.
    return number === 1 ? page(['b', 'c'], '4') : page(['d', 'e'], '4');
  });
  expect(ids).toEqual(['b', 'c', 'd', 'e']);
  expect(pages).toEqual([1, 2, 1, 2]);
});

test('begins again when an item comes twice, because one was added before it', async () => {
  const { ids, pages } = await list((number, request) => {
    if (request === 1) return page(['a', 'b'], '3');
    if (request === 2) return page(['b', 'c'], '4');
    return number === 1 ? page(['0', 'a'], '4') : page(['b', 'c'], '4');
  });
  expect(ids).toEqual(['0', 'a', 'b', 'c']);
  expect(pages).toEqual([1, 2, 1, 2]);
});

test('gives each item once where the list changes all the time', async () => {
  const { ids, pages } = await list((number, request) =>
    page([`${number}`, 'same'], String(3 + (request % 2))),
  );
  expect(ids).toEqual(['1', 'same', '2']);
  expect(pages).toHaveLength(10);
});

test.each(['', 'many', '-1'])('ends where the server gives %j as the number of items', async (total) => {
  expect((await list(() => page(['a', 'b'], total))).ids).toEqual(['a', 'b']);
});
