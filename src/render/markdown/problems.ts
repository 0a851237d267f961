import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../../model/errors/fold-diagnostics.ts';
import { clip, code, plain } from './escape.ts';
import type { Page } from './page.ts';

/** The errors and warnings of these, errors first, those of many items of a family folded. */
export function problemsOf(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const shown = foldDiagnostics(diagnostics.filter(({ severity }) => severity !== 'note'));
  return shown.toSorted(
    (one, other) => Number(one.severity !== 'error') - Number(other.severity !== 'error'),
  );
}

/** Adds a table of problems, each with its place and its remedy. */
export function addProblems(
  page: Page,
  problems: readonly Diagnostic[],
  { showPlace, share }: { showPlace: (place: Place) => string; share: number },
): void {
  page.addTable({
    lead: [],
    head: ['place', 'problem', 'remedy'],
    rows: problems.map(({ severity, code: number, message, hint = '', place }) => [
      place === undefined ? '' : code(clip(showPlace(place), 300)),
      `${severity} ${code(number)} ${plain(clip(message, longest))}`,
      plain(clip(hint, longest)),
    ]),
    noun: 'problem',
    share,
  });
}

/** Longer messages are cut: one value of a file must not take the room of the other problems. */
const longest = 2_000;
