import path from 'node:path';
import type { Command } from 'commander';
import { findPipelineNames } from '../../../config/index.ts';
import { readConfiguration } from '../../../run/read-configuration.ts';
import type { Env } from '../../env.ts';
import { readCodes } from '../explain/codes.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { complete } from './candidates.ts';
import { wordsOf, type Shell } from './words.ts';

/** `extracts __complete SHELL -- WORDS`: prints what the script of that shell asks for. */
export async function printCandidates(
  program: Command,
  { shell, given }: { shell: Shell; given: readonly string[] },
  env: Env,
): Promise<ExitCode> {
  const { words, kept } = wordsOf(shell, given);
  const { candidates, paths } = await complete(program, words, {
    pipelines: () => pipelineNames(env),
    codes: () => readCodes().map(({ code, meaning }) => ({ word: code, about: meaning })),
  });
  const lines = candidates.map(({ word, about }) => `${word.slice(kept.length)}\t${oneLine(about)}\n`);
  env.out(`${lines.join('')}:${paths}\n`);
  return exitCodes.done;
}

/** Returns addresses as far as the files are valid, with the items of families that they list, and all names. */
async function pipelineNames({ cwd, variables, signal }: Env): Promise<string[]> {
  const settings = { unsetVariables: 'warning' as const };
  const { pipelines } = await readConfiguration([], settings, { cwd, variables, signal });
  const names = await findPipelineNames(path.resolve(cwd, 'pipelines'), () => true).catch(() => []);
  return [...new Set([...names, ...pipelines.map(({ address }) => address)])].sort();
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ');
