import { stat } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../../../model/base/numbers.ts';
import { jobLink } from '../../../run/job-link.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { migrateState, openState, type NamedState } from '../../../state/index.ts';
import { isAgreed } from '../../agreement.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { withState } from './open.ts';

/** `extracts state migrate FROM TO`: copies all records to another place, and reads them back. */
export function migrate(from: string, to: string, options: { yes?: boolean }, env: Env): Promise<ExitCode> {
  return withPlace(from, env, (source) =>
    withPlace(to, env, async (target) => {
      if (source.shown === target.shown)
        throw new UsageError(`${from} and ${to} are the same state: ${source.shown}`);
      const records = counted((await source.state.list()).length, 'record');
      if (!(await isAgreed(`Copy ${records} from ${source.shown} to ${target.shown}?`, options, env))) {
        env.err('Nothing was copied.\n');
        return exitCodes.failed;
      }
      const { copied, equal } = await migrateState(source, target);
      const before = equal === 0 ? '' : `, and ${equal} ${equal === 1 ? 'was' : 'were'} there already`;
      env.out(
        `${counted(copied, 'record')} copied from ${source.shown} to ${target.shown} and read back${before}.\n` +
          `${source.shown} is as it was: no run may use it from now on.\n`,
      );
      return exitCodes.done;
    }),
  );
}

/** A place is an extracts.yaml, a folder with one, or else a folder of records. */
async function withPlace(
  place: string,
  env: Env,
  act: (named: NamedState) => Promise<ExitCode>,
): Promise<ExitCode> {
  const folder = path.resolve(env.cwd, place);
  if ((await isFolder(folder)) && !(await exists(path.join(folder, 'extracts.yaml')))) {
    const state = openState(
      { type: 'file', path: folder },
      { job: jobLink(env.variables), signal: env.signal },
    );
    return act({ state, shown: place });
  }
  return withState({ project: place }, env, (state, shown) => act({ state, shown }));
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

const isFolder = (file: string) =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
