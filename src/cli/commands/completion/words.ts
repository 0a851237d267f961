/** A shell whose completion is supported. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** The words of a command line as a shell gives them. */
export interface ShellWords {
  words: string[];
  /** The part of the last word that the shell keeps: a candidate is printed without it. */
  kept: string;
}

/**
 * Returns the words of a line. bash breaks them at `=` and `:` (COMP_WORDBREAKS) and replaces only what follows the last
 * of these; PowerShell drops empty arguments, so its script writes `=` before the last word.
 */
export function wordsOf(shell: Shell, given: readonly string[]): ShellWords {
  if (shell === 'powershell')
    return { words: [...given.slice(0, -1), (given.at(-1) ?? '').replace(/^=/, '')], kept: '' };
  if (shell !== 'bash') return { words: [...given], kept: '' };
  const words: string[] = [];
  let isOpen = false;
  for (const word of given) {
    const isBreak = /^[=:]+$/.test(word);
    if ((isOpen || isBreak) && words.length > 0) words.push(`${words.pop() ?? ''}${word}`);
    else words.push(word);
    isOpen = isBreak;
  }
  const [kept = ''] = /^.*[=:]/.exec(words.at(-1) ?? '') ?? [];
  return { words, kept };
}
