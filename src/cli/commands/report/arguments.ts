import type { Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import type { MergeOptions } from './merge.ts';

/** `extracts report` */
export function addReportCommands(report: Command, env: Env, finish: (code: ExitCode) => void): void {
  report
    .command('merge')
    .description('make one report of those of several shards or runs')
    .argument('<files...>', 'what apply --json has printed')
    .option('--json', 'the report as one JSON document on stdout')
    .option('--junit <file>', 'write the results of the checks as JUnit XML')
    .option('--markdown <file>', 'write the report as Markdown, for a job summary')
    .option('-v, --verbose', 'list every pipeline')
    .action(async (files: string[], options: MergeOptions) => {
      const { mergeReportFiles } = await import('./merge.ts');
      finish(await inOneDocument(options, env, (env) => mergeReportFiles(files, options, env)));
    });
}
