import type { Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';

/** `extracts template …` */
export function addTemplateCommands(template: Command, env: Env, finish: (code: ExitCode) => void): void {
  template
    .command('show')
    .description('show the contents of a template and their dependencies')
    .argument('<file>', 'a .tdsx or .tds file, or a workbook (.twbx, .twb)')
    .option('--datasource <name>', 'one data source of a workbook (default: all)')
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: { json?: boolean; datasource?: string }) => {
      const { showTemplate } = await import('./show.ts');
      finish(await inOneDocument(options, env, (env) => showTemplate(file, options, env)));
    });

  template
    .command('check')
    .description('check whether extracts fit their templates, without looking at sources')
    .argument('[paths...]', 'pipeline files or folders (default: pipelines)')
    .option('-v, --verbose', 'show notes too')
    .action(async (files: string[], options: { verbose?: boolean }) => {
      const { checkTemplates } = await import('./check.ts');
      finish(await checkTemplates(files, options, env));
    });

  template
    .command('import')
    .description('print YAML that generates a template like this')
    .argument('<file>', 'a .tdsx or .tds file, or a workbook (.twbx, .twb)')
    .option('--datasource <name>', 'the data source of a workbook that has several')
    .action(async (file: string, options: { datasource?: string }) => {
      const { importFile } = await import('./import.ts');
      finish(await importFile(file, options, env));
    });

  template
    .command('write')
    .description("write a pipeline's template without data, to open it in Tableau Desktop")
    .argument('<pipeline>', 'a pipeline file')
    .option('--out <file>', 'a .tds, or a .tdsx with an empty extract (default: the .tds on stdout)')
    .action(async (file: string, options: { out?: string }) => {
      const { writeTemplate } = await import('./write.ts');
      finish(await writeTemplate(file, options, env));
    });
}
