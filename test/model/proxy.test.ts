import { expect, it } from 'vitest';
import { proxyFor } from '../../src/model/base/proxy.ts';

const variables = { HTTPS_PROXY: 'http://proxy.test:3128' };
const goesDirectly = (url: string, list: string) =>
  proxyFor(new URL(url), { ...variables, NO_PROXY: list }) === undefined;

it.each([
  ['https://a.test', 'a.test'],
  ['https://A.test', 'b.test,a.TEST'],
  ['https://sub.a.test', 'a.test'],
  ['https://a.test', '.a.test'],
  ['https://sub.a.test', '*.a.test'],
  ['https://a.test', 'b.test a.test'],
  ['https://a.test', '*'],
  ['https://g.test', 'g.test.'],
  ['https://g.test.', 'g.test'],
  ['https://sub.g.test.', '.g.test.'],
  ['https://a.test:9443', 'a.test:9443'],
  ['https://a.test', 'a.test:443'],
  ['https://10.1.2.3', '10.1.2.3'],
  ['https://10.1.2.3:9443', '10.1.2.3:9443'],
  ['https://10.1.2.3', '10.0.0.0/8'],
  ['https://10.1.2.3', '10.0.0.0/8:443'],
  ['https://192.168.1.20', '10.0.0.0/8,192.168.1.16/28'],
  ['https://[fd00::1]', '[fd00::1]'],
  ['https://[fd00::1]:9443', '[fd00::1]:9443'],
  ['https://[fd00::2]', 'fd00::2'],
  ['https://[fd00:0:0::3]', 'fd00::3'],
  ['https://[fd00::3]', 'FD00:0:0:0:0:0:0:3'],
  ['https://[fd12:3456::1]', 'fd00::/8'],
])('%s is asked directly with NO_PROXY=%s', (url, list) => {
  expect(goesDirectly(url, list)).toBe(true);
});

it.each([
  ['https://note.test', 'e.test'],
  ['https://a.test', 'sub.a.test'],
  ['https://a.test:9444', 'a.test:9443'],
  ['https://a.test', 'a.test:80'],
  ['https://11.1.2.3', '10.0.0.0/8'],
  ['https://10.1.2.3', '2.3'],
  ['https://10.1.2.3', '10.0.0.0/33'],
  ['https://10.1.2.3', '10.0.0.0/8:9443'],
  ['https://10.1.2.3', 'fd00::/8'],
  ['https://[fd00::1]', 'fd00::2'],
  ['https://[fd00::1]', '[fd00::1]:9443'],
  ['https://[fe80::1]', 'fd00::/8'],
  ['https://a.test', ''],
  ['https://a.test', '.'],
  ['https://a.test', '10.0.0.0/8,,[::/0'],
])('%s takes the proxy with NO_PROXY=%s', (url, list) => {
  expect(goesDirectly(url, list)).toBe(false);
});
