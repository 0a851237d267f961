#!/usr/bin/env node
import { run } from './cli/args.ts';
import { processEnv } from './cli/env.ts';
import { listenForInterruption } from './cli/interruption.ts';

const interruption = listenForInterruption();
const env = processEnv(interruption);
try {
  process.exitCode = await run(process.argv.slice(2), env);
} catch (error) {
  const { describeFailure } = await import('./cli/failure.ts');
  const { text, exitCode } = describeFailure(error, interruption);
  env.err(text);
  process.exitCode = exitCode;
}
