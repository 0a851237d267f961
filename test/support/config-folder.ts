import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readPipelines, type Configuration, type ProjectContext } from '../../src/config/index.ts';

/** Writes files by their path into a separate folder, which is removed when the test ends. */
export function configFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'extracts-config-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Ends the search for extracts.yaml, whatever is above the temporary folder.
  mkdirSync(join(folder, '.git'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Returns the result of readPipelines for these files, and the secrets it registered. */
export async function configure(
  files: Readonly<Record<string, string>>,
  { paths = ['.'], ...more }: Partial<ProjectContext> & { paths?: readonly string[] } = {},
): Promise<Configuration & { folder: string; secrets: readonly string[] }> {
  const folder = configFolder(files);
  const secrets: string[] = [];
  const configuration = await readPipelines(paths, {
    cwd: folder,
    env: {},
    registerSecret: (value) => void secrets.push(value),
    unsetVariables: 'error',
    ...more,
  });
  return { ...configuration, folder, secrets };
}
