import type { Options } from 'ajv';

/** The options of ajv for our schemas, at run time and at build time. */
export const validation = {
  allErrors: true,
  verbose: true,
  discriminator: true,
  // Sentences of our own say what is wrong.
  messages: false,
  // A definition becomes one function, however often it is referred to: every run reads them all when it starts.
  inlineRefs: false,
  // Tagged unions and "a number or a reference" are what strictTypes would complain about.
  strictTypes: false,
  // What a text is for says nothing about its shape.
  keywords: ['x-extracts'],
  // The schemas are ours: a test checks them against their own schema, so that no run needs to.
  meta: false,
  validateSchema: false,
} satisfies Options;
