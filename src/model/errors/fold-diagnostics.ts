import type { Diagnostic } from './diagnostic.ts';
import { counted } from '../base/numbers.ts';

/** The number of messages that a reader needs to understand the problem. */
const most = 3;

/**
 * Folds diagnostics: a problem at one place of a pipeline may occur for each item of its `for_each`. The first few are
 * reported, equal messages once, and the others are counted. `isMeant` says which diagnostics may belong to a family.
 */
export function foldDiagnostics(
  diagnostics: readonly Diagnostic[],
  isMeant: (diagnostic: Diagnostic) => boolean = () => true,
): Diagnostic[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const { code, place, message } = diagnostic;
    const where = [code, place?.file, place?.pointer, place?.span];
    // A diagnostic without a place, or outside of a family, is not folded.
    const own = place === undefined || !isMeant(diagnostic) ? [message, groups.size] : [];
    const key = JSON.stringify([...where, ...own]);
    const group = groups.get(key) ?? [];
    group.push(diagnostic);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => {
    const distinct = [...new Map(group.map((one) => [one.message, one])).values()];
    const [first] = distinct;
    if (first === undefined || distinct.length <= most + 1) return distinct;
    const { code, severity, place } = first;
    const message = `and ${counted(group.length - most, 'more item')} like that`;
    return [...distinct.slice(0, most), { code, severity, message, ...(place && { place }) }];
  });
}
