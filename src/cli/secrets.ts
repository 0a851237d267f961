import { printable } from '../render/text-width.ts';

/**
 * Everything that must not be shown. All output of the program passes `redact`; a value is hidden also in the spellings
 * in which servers and URLs give it back, and in which control characters are drawn.
 */
export interface Secrets {
  add(value: string): void;
  redact(text: string): string;
}

/** Shorter values would take ordinary words and numbers out of every text. */
const shortest = 4;

export function collectSecrets(): Secrets {
  const spellings = new Set<string>();
  let longestFirst: string[] = [];
  return {
    add(value) {
      if (value.length < shortest) return;
      for (const spelling of [
        value,
        encodeURIComponent(value),
        encodeURI(value),
        JSON.stringify(value).slice(1, -1),
        printable(value),
      ]) {
        spellings.add(spelling);
      }
      longestFirst = [...spellings].sort((a, b) => b.length - a.length);
    },
    redact(text) {
      let clean = text;
      for (const spelling of longestFirst) clean = clean.replaceAll(spelling, '(secret)');
      return clean;
    },
  };
}
