import { expect, test } from 'vitest';
import { readablePaths } from '../../src/model/config/readable-paths.ts';

test.each([
  ['/proc/self/environ', true],
  ['/proc', true],
  ['/sys/kernel/x', true],
  ['/dev/stdin', true],
  ['/dev/shm', true],
  ['/dev/shm/data.csv', false],
  ['/repo/.git/config', true],
  ['/repo/pipelines/.git', true],
  ['/procedures/x.csv', false],
  ['/data/proc/x.csv', false],
  ['/repo/.github/x.csv', false],
])('%s is never read: %s', (path, isRefused) => {
  expect(readablePaths({ root: '/repo' })(path) !== undefined).toBe(isRefused);
});

test.each([
  [['data'], '/repo/data/a/b.csv', true],
  [['data'], '/repo/data', true],
  [['data'], '/repo/database/b.csv', false],
  [['data/*.csv'], '/repo/data/b.csv', true],
  [['data/*.csv'], '/repo/data/a/b.csv', false],
  [['data/**/*.csv'], '/repo/data/b.csv', true],
  [['data/**/*.csv'], '/repo/data/a/b/c.csv', true],
  [['./data/../landing'], '/repo/landing/x', true],
  [['/run/secrets'], '/run/secrets/pg', true],
  [['/run/secrets'], '/run/other', false],
  [['year-?'], '/repo/year-1/x', true],
  [['.'], '/repo/anything', true],
  [['.'], '/elsewhere', false],
  [[], '/repo/data', false],
])('%j allows %s: %s', (allowed, path, isAllowed) => {
  expect(readablePaths({ root: '/repo', allowed })(path) === undefined).toBe(isAllowed);
});

test('without a policy everything may be read, but by an untrusted plan only the project', () => {
  expect(readablePaths({ root: '/repo' })('/elsewhere/x')).toBeUndefined();
  const untrusted = readablePaths({ root: '/repo', onlyProject: true });
  expect(untrusted('/repo/x')).toBeUndefined();
  expect(untrusted('/repository/x')).toBe('it is outside of the project');
});
