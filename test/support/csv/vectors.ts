import { vi } from 'vitest';

/**
 * The two ways in which records are split: with the vectors of WebAssembly, and by the scanner alone, as on a processor or
 * in an engine without them. Each title has a function that begins the way; `vi.unstubAllGlobals` ends it.
 */
export const waysToSplit: readonly (readonly [title: string, begin: () => void])[] = [
  ['with vectors', () => undefined],
  ['without vectors', () => vi.stubGlobal('WebAssembly', { validate: () => false })],
  ['without WebAssembly', () => vi.stubGlobal('WebAssembly', undefined)],
];
