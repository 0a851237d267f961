import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assemblePackage } from './assemble.ts';

/** Packs the published package into this folder, and returns the path of the file. */
export async function packInto(folder: string): Promise<string> {
  const assembled = await mkdtemp(path.join(tmpdir(), 'extracts-package-'));
  try {
    await assemblePackage(assembled);
    const args = ['pack', '--json', '--pack-destination', path.resolve(folder)];
    const { stdout } = await execa('npm', args, { cwd: assembled });
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    return path.resolve(folder, packed.filename);
  } finally {
    await rm(assembled, { recursive: true });
  }
}
