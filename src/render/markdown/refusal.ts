import { counted } from '../../model/base/numbers.ts';
import type { Diagnostic, Place, Span } from '../../model/errors/diagnostic.ts';
import { mostInComment, startPage } from './page.ts';
import { addProblems, problemsOf } from './problems.ts';

/**
 * The comment on a pull request whose configuration is wrong: the errors and warnings, each with its place. The first
 * line is that of a plan, so that a workflow replaces the comment of the plan before.
 */
export function renderRefusal(
  diagnostics: readonly Diagnostic[],
  locate: (place: Place) => Span | undefined,
  most = mostInComment,
): string {
  const problems = problemsOf(diagnostics);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const page = startPage(most);
  page.add(['<!-- extracts plan -->', '## extracts plan', '']);
  page.add([`**There is no plan:** the configuration has ${counted(errors.length, 'error')}.`, '']);
  const showPlace = (place: Place) => {
    const span = locate(place);
    return span === undefined ? place.file : `${place.file}:${span.line}:${span.column}`;
  };
  addProblems(page, problems, { showPlace, share: 1 });
  return page.end('run `extracts validate` to see all of them');
}
