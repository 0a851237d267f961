import { expect, test } from 'vitest';
import type { Element } from '../../../../src/destinations/tableau/client/http/answer-xml.ts';
import { awaitJob } from '../../../../src/destinations/tableau/client/resources/jobs.ts';
import type { Site } from '../../../../src/destinations/tableau/client/site/site.ts';

const element = (name: string, attributes: Record<string, string>, children: Element[] = []): Element => ({
  name,
  attributes,
  children,
  text: '',
});
const answer = (attributes: Record<string, string>) =>
  element('tsResponse', {}, [element('job', attributes)]);

test('each look after a job that has not ended reports how far it is', async () => {
  const looks = [{}, { progress: '0' }, { progress: '40' }, { progress: '100', finishCode: '0' }];
  let now = 0;
  const site = {
    clock: { now: () => now, sleep: (pause: number) => Promise.resolve(void (now += pause)) },
    call: () => Promise.resolve(answer(looks.shift() ?? {})),
  } as unknown as Site;
  const doing: string[] = [];
  const job = { id: 'j', seconds: 60, doing: (text: string) => doing.push(text) };
  expect(await awaitJob(site, job, new AbortController().signal)).toEqual({ end: 'done' });
  expect(doing).toEqual([
    'waiting for the server’s job',
    'waiting for the server’s job',
    'waiting for the server’s job, 40 %',
  ]);
});
