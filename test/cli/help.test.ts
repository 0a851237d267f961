import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { plainEnv, runInside } from '../support/in-process.ts';

const here = { folder: '.' };
const program = () => createProgram(plainEnv('.'), () => undefined);

const below = (command: Command): Command[] => command.commands.flatMap((one) => [one, ...below(one)]);

/** The words that call a command. */
const wordsOf = (command: Command): string[] =>
  command.parent ? [...wordsOf(command.parent), command.name()] : [];

const names = below(program())
  .map((command) => wordsOf(command).join(' '))
  .filter((name) => name !== '__complete');

/** Returns the words of each example in a help text, as a shell gives them. */
function examplesIn(help: string): string[][] {
  const lines = Array.from(help.matchAll(/^ {2}extracts (.+?)(?: {2,}\S.*)?$/gm), ([, line = '']) => line);
  return lines.map((line) =>
    Array.from(
      line.replace(/ > .*/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g),
      (match) => match.slice(1).find(Boolean) ?? '',
    ),
  );
}

/** Parses a command line, and runs nothing. */
async function parsed(words: readonly string[]): Promise<string> {
  const all = program();
  let called = '';
  for (const command of below(all)) command.action(() => void (called = wordsOf(command).join(' ')));
  await all.parseAsync([...words], { from: 'user' });
  return called;
}

test.each(names)('extracts %s --help has two examples that can be typed', async (name) => {
  const { stdout, stderr, exitCode } = await runInside(here, [...name.split(' '), '--help']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const examples = examplesIn(stdout);
  expect(examples.length).toBeGreaterThanOrEqual(2);
  for (const words of examples) expect(`${await parsed(words)} `).toContain(`${name} `);
});

test('an import from a database by its URL has the name that it needs', async () => {
  for (const group of ['import', 'import postgres']) {
    const { stdout } = await runInside(here, [...group.split(' '), '--help']);
    const byUrl = examplesIn(stdout).filter((words) => words.includes('--url-env'));
    expect(byUrl.length).toBeGreaterThan(0);
    for (const words of byUrl) expect(words).toContain('--name');
  }
});

test('the help of the program has the first steps, and documentation that exists', async () => {
  const { stdout } = await runInside(here, ['--help']);
  expect(examplesIn(stdout)).toEqual([['init'], ['plan'], ['apply']]);
  const [, page = ''] = /Documentation by task: (.*)$/m.exec(stdout) ?? [];
  expect(existsSync(page), page).toBe(true);
  expect((await runInside(here, [])).stdout).toBe(stdout);
});
