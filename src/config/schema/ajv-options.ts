import type { Options } from 'ajv';

/** The options of ajv for our schemas, at run time and at build time. */
export const validation = {
  allErrors: true,
  verbose: true,
  discriminator: true,
  // Tagged unions and "a number or a reference" are what strictTypes would complain about.
  strictTypes: false,
  // What a text is for says nothing about its shape.
  keywords: ['x-extracts'],
  // The schemas are ours: a test checks them against their own schema, so that no run needs to.
  meta: false,
  validateSchema: false,
} satisfies Options;
