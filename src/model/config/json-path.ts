/** One step from a JSON value to a value inside it: a key of an object, or a place in an array (from 0). */
export type JsonStep = string | number;

/**
 * Reads `from:` of a column of JSON lines. A text that begins with `$.` or `$[` is a path: `$.customer.name`,
 * `$["unit price"]`, `$.lines[0].sku`; any other is the name of a key, dots and all. Returns one sentence about a path that
 * cannot be read.
 */
export function parseJsonPath(from: string): readonly JsonStep[] | { problem: string } {
  if (!/^\$[.[]/.test(from)) return [from];
  const steps: JsonStep[] = [];
  const step = /\.([^.[\]"\s]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (step.lastIndex = 1; step.lastIndex < from.length;) {
    const at = step.lastIndex;
    const [, name, place, quoted] = step.exec(from) ?? [];
    const key = quoted === undefined ? name : unquoted(quoted);
    if (place !== undefined) steps.push(Number(place));
    else if (key !== undefined) steps.push(key);
    else
      return { problem: `"${from}" is no path: it cannot be read from ${JSON.stringify(from.slice(at))} on` };
  }
  return steps;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
