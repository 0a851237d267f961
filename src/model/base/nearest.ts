/** Returns the candidate that `word` was most likely meant to be, or undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Returns `did you mean "x"?` for one of the candidates, or a list of all of them, or nothing if that list is too long.
 */
export function suggestion(
  word: string,
  candidates: readonly string[],
  all: readonly string[] = candidates,
): { hint?: string } {
  const near = nearest(word, candidates);
  if (near !== undefined) return { hint: `did you mean "${near}"?` };
  if (all.length === 0 || all.length > 14) return {};
  return { hint: `there is ${all.map((name) => `"${name}"`).join(', ')}` };
}

/** Returns the word without case and separators: typing errors concern these more often than letters. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/**
 * Returns the number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
 */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + (isSame ? 0 : 1),
        isSwapped ? at(before, j - 2) + 1 : Infinity,
      );
    }
    [before, row] = [row, next];
  }
  return at(row, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
