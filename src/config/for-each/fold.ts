import type { Diagnostic } from '../../model/diagnostic.ts';
import { counted } from '../../model/numbers.ts';

/** As many as one reads before one has understood. */
const most = 3;

/**
 * What is wrong with one place of a family may be wrong for each of its items. The first few are told, the others
 * counted. `families` are their files. Different mistakes have different codes or places.
 */
export function foldItems(diagnostics: readonly Diagnostic[], families: ReadonlySet<string>): Diagnostic[] {
  const isOfFamily = ({ place }: Diagnostic) => place !== undefined && families.has(place.file);
  const seen = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics.filter(isOfFamily)) {
    const key = keyOf(diagnostic);
    const alike = seen.get(key) ?? [];
    alike.push(diagnostic);
    seen.set(key, alike);
  }
  return diagnostics.flatMap((diagnostic) => {
    const alike = isOfFamily(diagnostic) ? (seen.get(keyOf(diagnostic)) ?? []) : [];
    const index = alike.indexOf(diagnostic);
    if (alike.length <= most + 1 || index < most) return [diagnostic];
    if (index > most) return [];
    const message = `and ${counted(alike.length - most, 'more item')} like that`;
    return [
      {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message,
        ...(diagnostic.place && { place: diagnostic.place }),
      },
    ];
  });
}

function keyOf({ code, place }: Diagnostic): string {
  return JSON.stringify([code, place?.file, place?.pointer, place?.span]);
}
