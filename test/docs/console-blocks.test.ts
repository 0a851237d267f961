import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';

/**
 * Every `console` block of the documentation is run: a line `$ extracts …` is a command, what follows is what
 * it prints on stdout, and before it on stderr where the command fails. The blocks of a page run one after
 * the other in one fresh project with the example pipelines. UPDATE_GOLDEN=1 writes what was printed into the
 * page.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));

const pages = [
  'README.md',
  ...(await readdir(path.join(root, 'docs'))).sort().map((page) => `docs/${page}`),
].filter((page) => page.endsWith('.md'));

describe('what the documentation shows is what is printed', () => {
  for (const page of pages) {
    test(page, async () => {
      const text = await readFile(path.join(root, page), 'utf8');
      const blocks = [...text.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block = '']) => block);
      if (blocks.length === 0) return;
      const project = await exampleProject();
      let updated = text;
      for (const block of blocks) {
        const shown = await runBlock(project, block);
        if (process.env.UPDATE_GOLDEN === '1') updated = updated.replace(block, () => shown);
        else expect(shown).toBe(block);
      }
      if (updated !== text) await writeFile(path.join(root, page), updated);
    });
  }
});

async function exampleProject(): Promise<CliProject> {
  const project = await createProject();
  await cp(path.join(root, 'pipelines'), project.path('pipelines'), { recursive: true });
  return project;
}

async function runBlock(project: CliProject, block: string): Promise<string> {
  let shown = '';
  for (const command of block.split('\n').filter((line) => line.startsWith('$ '))) {
    const [program, ...args] = command.slice(2).split(' ');
    expect(program).toBe('extracts');
    const { stdout, stderr, exitCode } = await project.run(args);
    shown += `${command}\n${exitCode === 0 ? '' : steady(stderr)}${steady(stdout)}`;
  }
  return shown.endsWith('\n') ? shown : `${shown}\n`;
}

/** Durations differ from run to run; the page shows one of them. */
function steady(text: string): string {
  return text
    .replaceAll(/\b\d+\.\d s\b/g, '0.1 s')
    .trimEnd()
    .concat(text === '' ? '' : '\n');
}
