import { buildProgram } from '../../packaging/program.ts';

/** For `globalSetup` of vitest: dist/ as the sources are now, once for the run. Types are checked elsewhere. */
export const setup = async (): Promise<void> => {
  await buildProgram();
};
