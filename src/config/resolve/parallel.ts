import type { Table } from '../../model/config/pipeline.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { writtenParallel } from '../values/parallel.ts';
import { numbered } from './numbered.ts';

/** Returns the number of backends that is written for a table of PostgreSQL; nothing for `auto`. */
export function resolveParallel(draft: PipelineDraft, table: string): Pick<Table, 'parallel'> {
  const { source } = draft.written.tables[table]?.from ?? {};
  if (source === undefined || draft.sources.get(source)?.settings.type !== 'postgres') return {};
  const written = writtenParallel(draft, table);
  const { backends } = numbered('backends', written?.value);
  return written === undefined || backends === undefined
    ? {}
    : { parallel: { backends, place: written.place } };
}
