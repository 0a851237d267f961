import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import type { Rule } from './rule.ts';

/**
 * Makes a rule about a file as it is written, which is checked once for all items of its family: with a list of ten thousand items it
 * would otherwise read that list ten thousand times.
 */
export function fileRule(
  check: (file: Pick<PipelineDraft, 'whole' | 'place'>) => Iterable<Diagnostic>,
): Rule {
  const known = new WeakMap<object, readonly Diagnostic[]>();
  return ({ loaded, whole, place }) => {
    const found = known.get(loaded) ?? [...check({ whole, place })];
    known.set(loaded, found);
    return found;
  };
}
