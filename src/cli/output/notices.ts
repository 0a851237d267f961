import { never } from '../../model/base/never.ts';
import { printable } from '../../render/text-width.ts';
import type { Notice } from '../../run/context.ts';
import type { Env } from '../env.ts';
import { showDiagnostics } from './diagnostics.ts';

/** Prints the notices of a run on stderr, each on lines of its own. */
export function printNotice(notice: Notice, env: Pick<Env, 'err' | 'color'>): void {
  switch (notice.type) {
    case 'observing':
      return env.err(`${printable(`${notice.address} › ${notice.text}`)}\n`);
    case 'waiting for a run':
      return env.err(`Waiting: ${notice.text}\n`);
    case 'waiting for a server':
      return env.err(
        `Waiting ${Math.ceil(notice.milliseconds / 1000)} s for ${notice.host}: ${notice.because}\n`,
      );
    case 'resuming':
      if (notice.runs.length === 0) env.err('No run was interrupted: everything is planned.\n');
      for (const { since, name } of notice.runs) env.err(`Resuming the run of ${since} by ${name}.\n`);
      return;
    case 'finding':
      return showDiagnostics([notice.diagnostic], nowhere, env);
    default:
      return never(notice);
  }
}

/** The places of findings that no file has. */
const nowhere = { locate: () => undefined, lineOf: () => undefined };
