import { readProjectOnly } from '../../../config/index.ts';
import { suggestion } from '../../../model/base/nearest.ts';
import type { StatePort } from '../../../model/ports/state-port.ts';
import { openState, shownState } from '../../../state/index.ts';
import { refuseConfiguration, showDiagnostics } from '../../output/diagnostics.ts';
import { hasErrors } from '../../../model/errors/diagnostic.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { jobLink } from '../../../run/job-link.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { keepSecret } from '../../../model/errors/secrets.ts';

export interface ProjectOption {
  project?: string;
}

/** Opens the state of a project for a command; `shown` is its location, for messages. */
export async function withState(
  options: ProjectOption & { json?: boolean },
  env: Env,
  act: (state: StatePort, shown: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  const configuration = await readProjectOnly(options.project, {
    cwd: env.cwd,
    env: env.variables,
    registerSecret: keepSecret,
    unsetVariables: 'error',
  });
  if (hasErrors(configuration.diagnostics)) return refuseConfiguration(configuration, env, options);
  showDiagnostics(configuration.diagnostics, configuration, env);
  const settings = configuration.project.state;
  const state = openState(settings, {
    job: jobLink(env.variables),
    signal: env.signal,
    variables: env.variables,
  });
  try {
    return await act(state, shownState(settings, env.cwd));
  } finally {
    await state.close();
  }
}

/** Fails for an address without any data, with a suggestion if it may be mistyped. */
export async function refuseUnknown(address: string, state: StatePort): Promise<never> {
  const others = (await state.list()).filter((one) => one !== address);
  throw new UsageError(`there is no state of "${address}"`, suggestion(address, others).hint);
}
