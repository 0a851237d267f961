/** How ajv is to read our schemas, at run time and when they are compiled beforehand. */
export const validation = {
  allErrors: true,
  verbose: true,
  discriminator: true,
  // Tagged unions and "a number or a reference" are what strictTypes would complain about.
  strictTypes: false,
  // The schemas are ours: a test compares them with their own schema, so that no run has to.
  meta: false,
  validateSchema: false,
} as const;
