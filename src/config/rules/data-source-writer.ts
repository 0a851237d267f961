import type { Place } from '../../model/errors/diagnostic.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';

/** A destination that publishes a data source or changes its rows. */
export interface Writer {
  draft: PipelineDraft;
  settings: Written.TableauDestination;
  place: Place;
}

/** Returns true if it publishes, and so puts all rows there. */
export function isFull({ method = 'publish' }: Written.TableauDestination): boolean {
  return method === 'publish';
}
