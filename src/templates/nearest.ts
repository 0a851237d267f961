/** The candidate that a slip of the pen is closest to, unless none is close: a third of its letters may differ. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let nearest: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(fold(name), fold(candidate));
    const allowed = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (distance <= allowed && distance < (nearest?.distance ?? Infinity)) nearest = { candidate, distance };
  }
  return nearest?.candidate;
}

/** Letter case, spaces, underscores and hyphens are what names differ in most often. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let row = 0; row < one.length; row += 1) {
    const current = [row + 1];
    for (let column = 0; column < other.length; column += 1) {
      const replaced = (previous[column] ?? 0) + (one[row] === other[column] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
