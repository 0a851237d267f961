import type { NamedGuess } from './styles.ts';
import { databaseNull, isStrongNull } from './nulls.ts';

/** The texts that mean NULL in a source. */
export interface Nulls {
  /** In the order in which they are written; the empty text is one of them. */
  texts: readonly string[];
  /** Columns that stay text because of a text that other columns have as a value. */
  blocked: ReadonlyMap<NamedGuess, string>;
}

/**
 * Returns the texts that mean NULL: those that stand among the numbers and dates of columns. A weak one must not occur in a
 * column of text, where it may be a value.
 */
export function chooseNulls(columns: readonly NamedGuess[], isTyped: (column: NamedGuess) => boolean): Nulls {
  const blocked = new Map<NamedGuess, string>();
  const isOfType = (column: NamedGuess) => isTyped(column) && !blocked.has(column);
  for (let before = -1; before < blocked.size;) {
    before = blocked.size;
    const inTexts = new Set(
      columns
        .filter((column) => column.guess.values > 0 && !isOfType(column))
        .flatMap(({ guess }) => [...guess.nullTexts]),
    );
    for (const column of columns.filter(isOfType)) {
      const text = [...column.guess.nullTexts].find((one) => !isStrongNull(one) && inTexts.has(one));
      if (text !== undefined) blocked.set(column, text);
    }
  }
  const typed = columns.filter(isOfType);
  const found = new Set(typed.flatMap(({ guess }) => [...guess.nullTexts]));
  if (columns.some(({ guess }) => guess.nullTexts.has(databaseNull))) found.add(databaseNull);
  const isEmptyNull =
    ![...found].some(isStrongNull) || typed.some(({ guess }) => guess.hasEmpty || guess.hasQuotedEmpty);
  return { texts: [...(isEmptyNull ? [''] : []), ...[...found].sort()], blocked };
}
