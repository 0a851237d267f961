import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../disk/reason.ts';
import { UsageError } from '../usage-error.ts';
import type { SelectFlags } from './select.ts';

/**
 * Returns the flags with the terms that they mean: `a,b` is two terms (`\,` is a comma of one), `@FILE` are the lines of a file, and
 * `@-` those of standard input. Throws a `UsageError` if a file cannot be read.
 */
export async function readTerms(flags: SelectFlags, cwd: string): Promise<SelectFlags> {
  const { select, exclude } = flags;
  const origins = new Map<string, string>();
  const read = async (values: readonly string[], flag: string) => {
    const terms: string[] = [];
    for (const value of values) {
      if (!value.startsWith('@')) terms.push(...listed(value, flag));
      else terms.push(...(await linesOf(value.slice(1), { flag, cwd, origins })));
    }
    return terms;
  };
  return {
    ...flags,
    ...(select && { select: await read(select, '--select') }),
    ...(exclude && { exclude: await read(exclude, '--exclude') }),
    ...(origins.size > 0 && { origins }),
  };
}

function listed(value: string, flag: string): string[] {
  const terms = value.split(/(?<!\\),/).map((term) => term.replaceAll('\\,', ',').trim());
  if (terms.includes(''))
    throw new UsageError(`${flag} ${value}: a term is empty`, 'write --select a,b; \\, is a comma in a term');
  return terms;
}

/** Returns the terms of a file: one a line, without blanks around it, comments (`# …`) and empty lines. */
async function linesOf(
  file: string,
  { flag, cwd, origins }: { flag: string; cwd: string; origins: Map<string, string> },
): Promise<string[]> {
  if (file === '') throw new UsageError(`${flag} @: the file has no name`, 'write --select @list.txt, or @-');
  // Linux and macOS have standard input as a file, too.
  const place = file === '-' ? '/dev/stdin' : path.resolve(cwd, file);
  const text = await readFile(place, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${flag} @${file}: the file cannot be read: ${reasonOf(error)}`);
  });
  const shown = file === '-' ? 'stdin' : file;
  return text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\n|\r/)
    .flatMap((line, index) => {
      const term = line.replace(/(?:^|\s)#.*$/s, '').trim();
      if (term === '') return [];
      if (!origins.has(term)) origins.set(term, `${shown}:${index + 1}:${line.indexOf(term) + 1}`);
      return [term];
    });
}
