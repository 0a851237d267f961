import type { Publication, Step } from '../model/plan/step.ts';

interface Facts {
  /** Returns true if a table that was changed came out with other rows than it had. */
  haveRowsChanged: () => boolean;
  /** Returns true if another pipeline has published this in the same run. */
  hasPublished: (publication: Publication) => boolean;
}

/** Returns false for a step whose conditions do not hold; of two conditions one is enough. */
export function isNeeded(step: Step, { haveRowsChanged, hasPublished }: Facts): boolean {
  const publication = step.kind === 'deliver' ? step.ifPublished : undefined;
  if (publication === undefined) return step.ifRowsDiffer !== true || haveRowsChanged();
  return hasPublished(publication) || (step.ifRowsDiffer === true && haveRowsChanged());
}
