import { createRequire } from 'node:module';

export type { Command } from 'commander';

/**
 * commander is CommonJS. An `import` of it has Node.js search its text for names before it is run, which takes longer
 * than all the rest of `--help`; `require` does not.
 */
export const commander = createRequire(import.meta.url)('commander') as typeof import('commander');
