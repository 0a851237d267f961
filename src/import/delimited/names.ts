/** Returns a name for each column of files: those of the header without what cannot be seen, each of them once. */
export function columnNames(headers: readonly string[]): string[] {
  const taken = new Set<string>();
  return headers.map((header, index) => {
    const plain = plainName(header);
    const name = unusedName(plain === '' ? `column_${index + 1}` : plain, taken);
    taken.add(name);
    return name;
  });
}

/** Blanks around a name, line breaks in it and characters without a width are hardly meant. */
function plainName(header: string): string {
  return header
    .replace(/[\p{Cf}\p{Cs}\p{Cn}\p{Co}]/gu, '')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim();
}

function unusedName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name} ${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** `a.csv`, `a.csv and b.csv`, `a.csv and 3 more`. */
export function someNames(names: readonly string[]): string {
  const [first = '', second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} more`;
}
