/**
 * Returns a name of its own for each of these: `Ratio`, `Ratio 2`. Tableau distinguishes fields by another name that users do not
 * see; a map in a pipeline cannot. New names are none of `taken` either.
 */
export function distinctNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const given = new Set<string>();
  const others = new Set([...names, ...taken]);
  return names.map((name) => {
    let own = name;
    for (let number = 2; given.has(own) || (own !== name && others.has(own)); number += 1)
      own = `${name} ${number}`;
    given.add(own);
    return own;
  });
}
