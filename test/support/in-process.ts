import { run } from '../../src/cli/program.ts';
import type { Env } from '../../src/cli/env.ts';
import { describeFailure } from '../../src/cli/output/failure.ts';
import { environment, type CliProject, type Outcome, type Variables } from './cli.ts';

/**
 * Runs `extracts ARGS` within the test's own process: the same code as the program, without the second that a process
 * takes to start. `signal` ends it as a signal would.
 */
export async function runInside(
  project: Pick<CliProject, 'folder'>,
  args: readonly string[],
  variables: Variables = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const streams = { out: '', err: '' };
  const env: Env = {
    ...plainEnv(project.folder, signal),
    variables: environment(project.folder, variables),
    out: (text) => void (streams.out += text),
    err: (text) => void (streams.err += text),
  };
  const outcome = (exitCode: number): Outcome => ({
    stdout: streams.out,
    stderr: streams.err,
    exitCode,
    signal: undefined,
  });
  try {
    return outcome(await run(args, env));
  } catch (error) {
    const { text, exitCode } = describeFailure(error, signal);
    env.err(text);
    return outcome(exitCode);
  }
}

/** The environment of a command in a folder, without variables, a terminal or any output. */
export function plainEnv(cwd: string, signal = new AbortController().signal): Env {
  return {
    cwd,
    variables: {},
    signal,
    out: () => undefined,
    err: () => undefined,
    color: { out: false, err: false },
    width: undefined,
    terminal: undefined,
    ask: undefined,
  };
}
