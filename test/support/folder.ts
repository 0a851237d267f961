import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Returns an empty folder for one test, which is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'extracts-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
