import path from 'node:path';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { Project } from '../model/config/project.ts';
import type { RunContext } from './context.ts';

/**
 * Warns where a CI job keeps the state in its working copy because nothing else is configured: the working copy ends with
 * the job, and without a record the next job builds and publishes everything again.
 */
export function localStateFindings(
  { state }: Pick<Project, 'state'>,
  { variables, cwd }: Pick<RunContext, 'variables' | 'cwd'>,
): Diagnostic[] {
  if (state.type !== 'file' || state.isDefault !== true || !isCi(variables.CI)) return [];
  return [
    {
      code: 'EXT6121',
      severity: 'warning',
      message: `the state is kept in ${path.relative(cwd, state.path)}, and CI is set: a later job that does not find it builds and publishes everything again`,
      hint: 'set state: {type: s3, bucket: …} or {type: postgres, url: …} in extracts.yaml; or, if this folder is kept between jobs, say so with state: {type: file, path: .extracts/state}',
    },
  ];
}

const isCi = (value: string | undefined) => value !== undefined && value !== '' && value !== 'false';
