import { counted } from '../../model/base/numbers.ts';
import type { Diagnostic, Place, Span } from '../../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../../model/errors/fold-diagnostics.ts';
import { clip, code, plain } from './escape.ts';
import { mostInComment, startPage } from './page.ts';

/**
 * The comment on a pull request whose configuration is wrong: the errors and warnings, each with its place. The first
 * line is that of a plan, so that a workflow replaces the comment of the plan before.
 */
export function renderRefusal(
  diagnostics: readonly Diagnostic[],
  locate: (place: Place) => Span | undefined,
  most = mostInComment,
): string {
  const shown = foldDiagnostics(diagnostics.filter(({ severity }) => severity !== 'note'));
  const errors = shown.filter(({ severity }) => severity === 'error');
  const page = startPage(most);
  page.add(['<!-- extracts plan -->', '## extracts plan', '']);
  page.add([`**There is no plan:** the configuration has ${counted(errors.length, 'error')}.`, '']);
  page.addTable({
    lead: [],
    head: ['place', 'problem', 'remedy'],
    rows: [...errors, ...shown.filter(({ severity }) => severity === 'warning')].map((one) => [
      placeOf(one, locate),
      `${one.severity} ${code(one.code)} ${plain(clip(one.message, longest))}`,
      plain(clip(one.hint ?? '', longest)),
    ]),
    noun: 'problem',
    share: 1,
  });
  return page.end('run `extracts validate` to see all of them');
}

/** Longer messages are cut: one value of a file must not take the room of the other problems. */
const longest = 2_000;

function placeOf({ place }: Diagnostic, locate: (place: Place) => Span | undefined): string {
  if (place === undefined) return '';
  const span = locate(place);
  return code(span === undefined ? place.file : `${place.file}:${span.line}:${span.column}`);
}
