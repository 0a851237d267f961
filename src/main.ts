#!/usr/bin/env node
import { run } from './cli/args.ts';
import { processEnv } from './cli/env.ts';
import { exitCodes } from './cli/exit-codes.ts';
import { Interruption } from './model/run-error.ts';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The first asks to clean up; whoever repeats it does not want to wait.
    if (interruption.signal.aborted)
      process.exit(name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    interruption.abort(new Interruption(name));
  });
}

const env = processEnv(interruption.signal);
try {
  process.exitCode = await run(process.argv.slice(2), env);
} catch (error) {
  const { describeFailure } = await import('./cli/failure.ts');
  const { text, exitCode } = describeFailure(error, interruption.signal);
  env.err(text);
  process.exitCode = exitCode;
}
