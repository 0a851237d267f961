import { expect, test } from 'vitest';
import type { TableauAuth } from '../../../src/model/config/destination.ts';
import type { Site } from '../../../src/destinations/tableau/client/site/site.ts';
import { cacheProjects } from '../../../src/destinations/tableau/target/seen-projects.ts';
import { destinationOn } from './support.ts';

const never = new AbortController().signal;
const sales = { kind: 'path', path: ['Sales'] } as const;

/** A server with projects at the top, which counts what it is asked. */
function serverWith(...names: string[]) {
  const server = { names, asked: 0, answer: () => Promise.resolve() };
  const siteOf = (connection: { server?: string; site?: string; auth?: TableauAuth } = {}) => {
    const site: Pick<Site, 'connection' | 'clock' | 'list'> = {
      connection: destinationOn('https://one.example', { connection }).connection,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      async list() {
        server.asked += 1;
        await server.answer();
        return server.names.map((name) => ({
          ...{ name: 'project', text: '', children: [] },
          attributes: { id: `id of ${name}`, name },
        }));
      },
    };
    return site as Site;
  };
  return { server, siteOf };
}

test('an answer holds for one server, site and user', async () => {
  const { server, siteOf } = serverWith('Sales');
  const { see } = cacheProjects(never);
  const user = (name: string): TableauAuth => ({ kind: 'password', user: name, password: 'x' });
  const sites = [
    siteOf({ auth: user('one') }),
    siteOf({ auth: user('two') }),
    siteOf({ site: 'other', auth: user('one') }),
    siteOf({ server: 'https://two.example', auth: user('one') }),
  ];
  for (const site of [...sites, ...sites])
    expect(await see(site, sales, never)).toMatchObject({ found: { id: 'id of Sales' } });
  expect(server.asked).toBe(4);
});

test('a project that was missing is found as soon as it is there', async () => {
  const { server, siteOf } = serverWith('HR');
  const { see } = cacheProjects(never);
  expect(await see(siteOf(), sales, never)).toMatchObject({ missing: { rest: ['Sales'], nearby: ['HR'] } });
  server.names.push('Sales');
  expect(await see(siteOf(), sales, never)).toMatchObject({ found: { name: 'Sales' } });
});

test('two projects of one name are asked for again, too', async () => {
  const { server, siteOf } = serverWith('Sales', 'Sales');
  const { see } = cacheProjects(never);
  expect(await see(siteOf(), sales, never)).toEqual({ ambiguous: { name: 'Sales', count: 2 } });
  server.names.pop();
  expect(await see(siteOf(), sales, never)).toMatchObject({ found: { name: 'Sales' } });
});

test('a failure is that of all who wait for it, and of no one after them', async () => {
  const { server, siteOf } = serverWith('Sales');
  const { see } = cacheProjects(never);
  server.answer = () => Promise.reject(new Error('503'));
  const waiting = [see(siteOf(), sales, never), see(siteOf(), sales, never)];
  for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected');
  expect(server.asked).toBe(1);
  server.answer = () => Promise.resolve();
  expect(await see(siteOf(), sales, never)).toMatchObject({ found: { name: 'Sales' } });
});

test('one that is interrupted while it asks leaves the answer to the others', async () => {
  const { server, siteOf } = serverWith('Sales');
  const { see } = cacheProjects(never);
  const first = new AbortController();
  server.answer = () => {
    first.abort(new Error('stop'));
    return Promise.resolve();
  };
  const [interrupted, other] = await Promise.allSettled([
    see(siteOf(), sales, first.signal),
    see(siteOf(), sales, never),
  ]);
  expect(interrupted).toMatchObject({ status: 'rejected', reason: { message: 'stop' } });
  expect(other).toMatchObject({ status: 'fulfilled', value: { found: { name: 'Sales' } } });
  expect(server.asked).toBe(1);
});
