import { expect, it } from 'vitest';
import { refuseFullDisk } from '../../src/disk/full.ts';

const withFree = (free: number) =>
  refuseFullDisk('/t/extracts-1', 'hyperd did not start', () => Promise.resolve(free));

it('names TMPDIR where a program could not begin on a full disk', async () => {
  await expect(withFree(4096)).rejects.toMatchObject({
    code: 'EXT3020',
    message: 'hyperd did not start: TMPDIR (/t) has only 4.1 kB free',
    hint: 'make room there, or set TMPDIR to a folder on another disk',
  });
});

it('leaves other reasons alone where there is room', async () => {
  await expect(withFree(10 ** 9)).resolves.toBeUndefined();
});
