import path from 'node:path';
import { writeGenerate } from '../../../config/write-generate.ts';
import { importTemplate } from '../../../templates/import/import.ts';
import { readSourceFile } from '../../../templates/source-file.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';

/** `extracts template import`: what of a template can be generated, as YAML; what cannot, on stderr. */
export async function importFile(
  file: string,
  { datasource }: { datasource?: string },
  env: Env,
): Promise<ExitCode> {
  const { template, lost } = importTemplate(
    await readSourceFile(path.resolve(env.cwd, file), file, datasource),
  );
  env.out(writeGenerate(template));
  if (lost.length > 0) {
    env.err(`Not carried over from ${file}:\n${lost.map((sentence) => `  ${sentence}\n`).join('')}`);
  }
  return exitCodes.done;
}
