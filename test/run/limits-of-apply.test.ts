import { expect, test } from 'vitest';
import { limitsOfApply, memoryOfHyperd } from '../../src/run/limits-of-apply.ts';

const limits = { parallel: 4, uploads: 3, serverJobs: 20, connections: 10 };
const gibibyte = 2 ** 30;

test.each([
  ['as many as tables are read on a large machine', {}, 64 * gibibyte, 4],
  ['one for each 512 MiB of the share that hyperd takes', {}, 2 * gibibyte, 3],
  ['one for each 512 MiB of limits.memory', { memory: gibibyte }, 64 * gibibyte, 2],
  ['never none', { memory: 1 }, 64 * gibibyte, 1],
  ['what is written, whatever the memory', { builds: 9 }, gibibyte, 9],
])('builds at once: %s', (_, given, memory, builds) => {
  expect(limitsOfApply({ ...limits, ...given }, memory)).toEqual({
    parallel: 4,
    builds,
    uploads: 3,
    serverJobs: 20,
  });
});

test('hyperd may use what is written, and four fifths of the machine or its container otherwise', () => {
  expect(memoryOfHyperd({ memory: gibibyte }, 64 * gibibyte)).toBe(gibibyte);
  expect(memoryOfHyperd({}, 10 * gibibyte)).toBe(8 * gibibyte);
});
