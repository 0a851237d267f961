#!/usr/bin/env node
import { listenForInterruption } from './cli/interruption.ts';

// Before the rest is loaded: the first process of a container gets no signal that it does not listen for.
const interruption = listenForInterruption();
const { run } = await import('./cli/program.ts');
const { processEnv } = await import('./cli/env.ts');
const env = processEnv(interruption);
try {
  process.exitCode = await run(process.argv.slice(2), env);
} catch (error) {
  const { describeFailure } = await import('./cli/output/failure.ts');
  const { annotateDiagnostics, nowhere } = await import('./cli/output/diagnostics.ts');
  const { text, exitCode, diagnostic } = describeFailure(error, interruption);
  env.err(text);
  if (diagnostic !== undefined) annotateDiagnostics([diagnostic], nowhere, env);
  process.exitCode = exitCode;
}
