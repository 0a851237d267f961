import { never } from '../../model/base/never.ts';
import { counted } from '../../model/base/numbers.ts';
import { printable } from '../../render/text-width.ts';
import type { Notice } from '../../run/context.ts';
import { nowhere, showDiagnostics, type DiagnosticsEnv } from './diagnostics.ts';

/** Prints a notice of a run on stderr, on lines of its own. */
export function printNotice(notice: Notice, env: DiagnosticsEnv): void {
  if (notice.type === 'finding') showDiagnostics([notice.diagnostic], nowhere, env);
  else for (const line of linesOf(notice)) env.err(`${line}\n`);
}

function linesOf(notice: Exclude<Notice, { type: 'finding' }>): string[] {
  switch (notice.type) {
    case 'observing':
      return [printable(`${notice.address} › ${notice.text}`)];
    case 'waiting for a run':
      return [`Waiting: ${notice.text}`];
    case 'waiting for a server':
      return [`Waiting ${Math.ceil(notice.milliseconds / 1000)} s for ${notice.host}: ${notice.because}`];
    case 'resuming':
      return notice.runs.length === 0
        ? ['No run was interrupted: everything is planned.']
        : notice.runs.map(({ since, name }) => `Resuming the run of ${since} by ${name}.`);
    case 'shard':
      return [
        `Shard ${notice.index} of ${notice.count}: ${notice.pipelines} of ${counted(notice.of, 'pipeline')}.`,
      ];
    case 'done before':
      return [`Done before: ${counted(notice.pipelines, 'pipeline')} of this shard.`];
    case 'done meanwhile':
      return [`Done by another process of this shard meanwhile: ${counted(notice.pipelines, 'pipeline')}.`];
    default:
      return never(notice);
  }
}
